import KnockCore
import PacketForge

/// Every string of a world that begins with one happening: each of its verdicts is the gate's and the plain reading's
/// alike, or the walk ends.
///
/// The gate is the same for all strings; between two of them an hour passes, so that nothing is left of the one before
/// but what its tables haven't cleared away.
struct Walk: ~Copyable {
    /// Where the two differ.
    struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    private let world: World
    private var gate: Gate
    private var reading: PlainReading
    private var string: [Int] = []
    /// What the reading says along the string; nil for silences.
    private var expected: [Verdict?] = []
    private var start = Instant(nanoseconds: 0)
    private var events: [Event] = []
    private(set) var accepted = 0

    init(_ world: World) {
        self.world = world
        gate = Gate(world.rules, seed: HashSeed(1, 2))
        reading = PlainReading(world.rules)
    }

    mutating func walk(from first: Int) throws(Difference) {
        try step(first)
    }

    private mutating func step(_ happening: Int) throws(Difference) {
        string.append(happening)
        let verdict = read(happening)
        expected.append(verdict)
        if string.count == world.length {
            try compare()
        } else {
            for next in world.alphabet.indices { try step(next) }
        }
        if verdict != nil { reading.takeBack() }
        string.removeLast()
        expected.removeLast()
    }

    private mutating func read(_ happening: Int) -> Verdict? {
        guard case .packet(let packet) = world.alphabet[happening] else { return nil }
        return reading.verdict(on: packet, at: Instant(nanoseconds: 0).advanced(by: world.time(string)))
    }

    /// Shows the gate the whole string.
    private mutating func compare() throws(Difference) {
        start = start.advanced(by: .seconds(3600))
        var now = start
        for (place, happening) in string.enumerated() {
            guard case .packet(let packet) = world.alphabet[happening] else {
                now = now.advanced(by: World.step)
                continue
            }
            if world.packetsTakeTime { now = now.advanced(by: World.step) }
            let verdict = gate.decide(packet, at: now, events: &events)
            guard verdict == expected[place] else { throw difference(at: place, verdict) }
            if verdict == .accept { accepted += 1 }
        }
        events.removeAll(keepingCapacity: true)
    }

    private func difference(at place: Int, _ verdict: Verdict) -> Difference {
        let words = string[...place].map { index -> String in
            guard case .packet(let packet) = world.alphabet[index] else { return "silence" }
            return "\(packet)"
        }
        let said = expected[place].map { "\($0)" } ?? "nothing"
        return Difference(
            description: "\(world.title): the gate says \(verdict), the plain reading \(said), to the last of\n  "
                + words.joined(separator: "\n  "))
    }
}
