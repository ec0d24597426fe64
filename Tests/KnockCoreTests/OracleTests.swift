import KnockCore
import PacketForge
import Testing

/// The gate against a second reading of the rules, on strings of packets that nobody thought of.
@Suite struct OracleTests {
    /// Each seed stands for this many strings, each with rules of its own.
    static let stringsForSeed = 400
    static let packetsInString = 60

    @Test(arguments: UInt64(1)...12)
    func `the gate says what the rules say, packet by packet`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var seen = Seen()
        for number in 0..<OracleTests.stringsForSeed {
            let stringSeed = random.next()
            var course = Course(seed: stringSeed)
            for place in 0..<OracleTests.packetsInString {
                guard let outcome = course.advance() else { break }
                guard outcome.isAgreed else {
                    Issue.record(
                        """
                        seed \(seed), string \(number) (seed \(stringSeed)), step \(place); what is left of it when all \
                        that isn't needed was taken out: \(course.shrunk())
                        """)
                    return
                }
                seen.note(outcome)
            }
            seen.endString()
            await Task.yield()  // It takes long: others have their turn in between.
        }
        try seen.requireVariety()
    }
}

@Suite struct UnsteadyClockTests {
    /// A capture's clock may be set back, and a file can hold any time at all.
    @Test(arguments: UInt64(1)...20)
    func `a clock that jumps about stops nobody, and the gate still opens`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var rules = Rules.random(using: &random)
        let sequence = try #require(KnockSequence([.udp(7001), .udp(7002)]))
        rules.doors.append(Door(name: "last", protects: [.tcp(7022)], sequence: sequence))
        var gate = Gate(rules, seed: HashSeed(random.next(), random.next()))
        var string = RandomString(seed: random.next(), rules: rules)
        let oracle = Oracle(rules)
        var events: [Event] = []
        for _ in 0..<2000 {
            let leap = random.pick([Int64.min, -1, 0, 1, .max, Int64(truncatingIfNeeded: random.next())])
            _ = gate.decide(string.step(with: oracle).packet, at: Instant(nanoseconds: leap), events: &events)
            gate.expire(at: Instant(nanoseconds: leap), events: &events)
        }

        let now = Instant(nanoseconds: 0)
        func packet(_ content: Packet.Content) -> Packet { Packet(from: "192.0.2.77", to: "203.0.113.5", content) }
        for knock in sequence.knocks {
            _ = gate.decide(packet(.udp(source: 5, destination: knock.number)), at: now, events: &events)
        }
        let connection = packet(.tcp(source: 5, destination: 7022, flags: .syn))
        #expect(gate.decide(connection, at: now, events: &events) == .accept)
    }
}

/// What the strings of a seed led to: a generator that never opens a door would prove nothing.
private struct Seen {
    private var strings = 0
    private var stringsThatOpened = 0
    private var opensHere = false
    private var counts: [String: Int] = [:]

    mutating func note(_ outcome: Race.Outcome) {
        guard case .packet(_, let oracle) = outcome else {
            counts["reload", default: 0] += 1
            return
        }
        for event in oracle.events {
            switch event.change {
            case .knocked(let heard, let of): counts["knock \(min(heard, 3)) of \(min(of, 3))", default: 0] += 1
            case .knockedToClose: counts["closing knock", default: 0] += 1
            case .strayed: counts["stray", default: 0] += 1
            case .opened: (opensHere, counts["opened"]) = (true, (counts["opened"] ?? 0) + 1)
            case .connected(_, let used, let of): counts[used == of ? "used up" : "connected", default: 0] += 1
            case .closed: counts["closed", default: 0] += 1
            case .refused: counts["refused", default: 0] += 1
            }
        }
        counts["\(oracle.verdict)", default: 0] += 1
    }

    mutating func endString() {
        strings += 1
        stringsThatOpened += opensHere ? 1 : 0
        opensHere = false
    }

    func requireVariety() throws {
        try #require(stringsThatOpened * 20 > strings, "\(stringsThatOpened) of \(strings) strings opened a door")
        let wanted = [
            "knock 1 of 1", "knock 1 of 2", "knock 2 of 2", "knock 3 of 3", "closing knock", "stray", "opened",
            "connected", "used up", "closed", "accept", "drop", "next", "reload", "refused",
        ]
        for kind in wanted {
            try #require(counts[kind, default: 0] > 20, "\(kind): \(counts[kind, default: 0])")
        }
    }
}
