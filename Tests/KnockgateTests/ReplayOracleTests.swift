import Foundation
import KnockCore
import PacketForge
import Testing

@testable import knockgate

/// What `replay --json` says to captures that nobody thought of, against a second reading of the rules.
@Suite struct ReplayOracleTests {
    static let capturesForSeed = 40
    static let packetsInCapture = 80

    static let links: [ForgedLink] = [
        .ethernet(tags: []), .ethernet(tags: [0x8100]), .ethernet(tags: [0x88A8, 0x8100]), .cooked, .cookedVersion2,
        .null(.little), .null(.big), .loop, .raw,
    ]
    static let formats: [ForgedCapture.Format] = [
        .pcap(.nanoseconds, .little), .pcap(.nanoseconds, .big), .pcapng(.nanoseconds, .little),
        .pcapng(.nanoseconds, .big),
    ]

    @Test(arguments: UInt64(1)...6)
    func `replay says what the rules say, whatever the capture`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var openings = 0
        for number in 0..<ReplayOracleTests.capturesForSeed {
            var expected: [ReplayedLine] = []
            let rules = Rules.random(using: &random)
            let capture = ReplayOracleTests.capture(rules, &random, &expected)
            let lines = try Replayed(capture.bytes, rules, asJSON: true).text.split(separator: "\n")
            try #require(lines.count == expected.count)
            for (text, line) in zip(lines, expected) {
                let read = try JSONDecoder().decode(ReplayedLine.self, from: Data(text.utf8))
                try #require(read == line, "seed \(seed), capture \(number), \(rules)")
            }
            openings += expected.contains { $0.events.contains { $0.hasPrefix("open ") } } ? 1 : 0
        }
        #expect(openings > ReplayOracleTests.capturesForSeed / 20)
    }

    /// A capture of a random string of packets, and what the oracle says to each.
    private static func capture(
        _ rules: Rules, _ random: inout SplitMix64, _ expected: inout [ReplayedLine]
    ) -> ForgedCapture {
        var capture = ForgedCapture(random.pick(formats), over: random.pick(links))
        var oracle = Oracle(rules)
        var string = RandomString(seed: random.next(), rules: rules)
        for number in 1...packetsInCapture {
            let step = string.step(with: oracle)
            capture.append(step.packet.map { Forged($0).bytes } ?? brokenPacket(&random), at: step.time.nanoseconds)
            let answer = oracle.judge(step.packet, at: step.time)
            expected.append(ReplayedLine(number, step, answer.verdict, answer.events, rules))
        }
        return capture
    }

    /// A packet that ends in its own header, which still shows its addresses.
    private static func brokenPacket(_ random: inout SplitMix64) -> [UInt8] {
        let knock = Packet(from: "198.51.100.1", to: "203.0.113.5", .udp(source: 1, destination: 1001))
        return Array(Forged(knock).bytes.prefix(Int.random(in: 20...28, using: &random)))
    }
}

/// A line of `replay --json`, as a program reads it.
private struct ReplayedLine: Decodable, Equatable {
    let packet: Int
    let time: Double
    let source: String?
    let destination: String?
    let `protocol`: String
    let port: UInt16?
    let verdict: String
    let events: [String]

    init(_ number: Int, _ step: RandomString.Step, _ verdict: Verdict, _ events: [Event], _ rules: Rules) {
        packet = number
        time = Double(step.time.nanoseconds / 1000) / 1_000_000
        source = (step.packet?.source ?? "198.51.100.1").description
        destination = (step.packet?.destination ?? "203.0.113.5").description
        switch step.packet?.content {
        case .tcp(_, let number, _): (`protocol`, port) = ("tcp", number)
        case .udp(_, let number): (`protocol`, port) = ("udp", number)
        case .other: (`protocol`, port) = ("other", nil)
        case nil: (`protocol`, port) = ("malformed", nil)
        }
        self.verdict = "\(verdict)"
        self.events = events.map { ReplayedLine.words($0, at: rules.doors[$0.door].name) }
    }

    private static func words(_ event: Event, at name: String) -> String {
        switch event.change {
        case .knocked(let heard, let of): "visit \(name) \(heard)/\(of)"
        case .knockedToClose(let heard, let of): "closing \(name) \(heard)/\(of)"
        case .strayed(let heard, let of): "stray \(name) \(heard)/\(of)"
        case .opened: "open \(name)"
        case .connected(_, let used, let of): "connection \(name) \(used)/\(of)"
        case .closed: "closed \(name)"
        case .refused: "refused \(name)"
        }
    }

    /// The order of a packet's events is no rule's.
    static func == (left: ReplayedLine, right: ReplayedLine) -> Bool {
        (left.packet, left.time, left.source, left.destination) == (
            right.packet, right.time, right.source, right.destination
        )
            && (left.protocol, left.port, left.verdict) == (right.protocol, right.port, right.verdict)
            && left.events.sorted() == right.events.sorted()
    }
}
