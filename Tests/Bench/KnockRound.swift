/// Honest clients who knock one after the other, each from an address of its own.
struct KnockRound: Sendable {
    var from = Bench.honest(0)
    var count = 1
    var knocks = Knocks.all
    /// How long a client goes on trying to get in, in milliseconds.
    var patience = 3_000
    /// How long the next client lets it be, in milliseconds.
    var pause = 0
    /// The time between two knocks, in milliseconds.
    var gap = 0

    /// How one of them fared.
    struct Outcome: Sendable {
        /// From the last knock until it was in, in milliseconds; nil if it never was.
        let time: Double?
        let tries: Int

        /// Whether the first SYN was answered: a second one is sent after a second.
        var isInAtOnce: Bool { tries == 1 && (time ?? .infinity) < 900 }

        init(_ line: Substring) throws {
            let words = line.split(separator: " ")
            guard words.count == 2, let tries = Int(words[1]) else { throw BenchError("the client said: \(line)") }
            (time, self.tries) = (Double(words[0]).map { $0 / 1e6 }, tries)
        }
    }
}

extension Bench {
    func knock(_ round: KnockRound) async throws -> [KnockRound.Outcome] {
        let words =
            [
                "knock", round.from, "\(round.count)", Bench.serverAddress, "\(Bench.port)", "\(round.patience)",
                "\(round.pause)", "\(round.gap)",
            ] + round.knocks
        let limit = Duration.milliseconds(round.count * (round.patience + round.pause + 3 * round.gap + 100) + 5_000)
        let lines = try await clients.run(.caller, words, within: limit).split(separator: "\n")
        guard lines.count == round.count else { throw BenchError("\(lines.count) of \(round.count) clients reported") }
        return try lines.map(KnockRound.Outcome.init)
    }
}
