/// What our sender sends, and what became of it.
struct Sending: Sendable {
    /// `2222/udp`, `3333/tcp`: in turn.
    var knocks: [String]
    var count: Int
    /// Packets a second; nil: as fast as it goes.
    var rate: Int?
    /// How many made-up sources.
    var sources = 65_536
    /// From one source to the next: with more than 1, they come in no order that a processor could guess.
    var stride = 1
    var from = Bench.madeUp

    private var isIPv6: Bool { from.contains(":") }
    /// The server's address of the same family.
    var to: String { isIPv6 ? "2001:db8::5" : Bench.serverAddress }

    /// How the sender ended.
    struct Sent: Sendable {
        let count: Int
        let seconds: Double
        /// The sender's time, in seconds; the receiving softirq is in it.
        let runTime: Double

        init(_ line: String) throws {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 6, let count = Int(words[1]), let seconds = Double(words[3]),
                let time = Double(words[5])
            else { throw BenchError("the sender didn't say what it has sent, but: \(line)") }
            (self.count, self.seconds, runTime) = (count, seconds, time)
        }
    }
}

extension Bench {
    func send(_ sending: Sending) async throws -> Sending.Sent {
        let seconds = sending.rate.map { sending.count / $0 * 2 + 5 } ?? 30
        let words =
            [
                "--interface", Bench.interface, "--mac", "02:00:00:00:00:05", "--from", sending.from, "--to",
                sending.to, "--knocks", sending.knocks.joined(separator: ","), "--count", "\(sending.count)",
                "--seconds", "\(seconds)", "--sources", "\(sending.sources)", "--stride", "\(sending.stride)",
            ] + (sending.rate.map { ["--rate", "\($0)"] } ?? [])
        let line = try await clients.run(.sender, words, on: .ofSender, within: .seconds(seconds + 10))
        let sent = try Sending.Sent(line)
        guard sent.count == sending.count else {
            throw BenchError("only \(sent.count) of \(sending.count) packets were sent in \(seconds) s")
        }
        return sent
    }
}
