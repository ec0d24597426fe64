public import KnockCore

/// The few ports, addresses and times of which random rules and packets are made: few, so that they meet often.
public enum SmallWorld {
    /// The ports one knocks at.
    public static let knocks: [Port] = [.tcp(1001), .udp(1001), .tcp(1002), .udp(1002), .tcp(1003)]
    /// The ports that doors protect.
    public static let protected: [Port] = [.tcp(22), .udp(22), .tcp(53), .tcp(8022)]
    /// Ports that are no door's; some gates ignore some of them.
    public static let others: [Port] = [.tcp(9), .udp(9), .tcp(443), .udp(443)]

    public static let sourcesIPv4: [Address] = ["198.51.100.1", "198.51.100.2", "198.51.100.3"]
    /// Two in one /64, one in the next, one whose low bits are those of an IPv4 source.
    public static let sourcesIPv6: [Address] = [
        "2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::1", "::c633:6401",
    ]
    public static let destinationsIPv4: [Address] = ["203.0.113.5", "203.0.113.6", "224.0.0.251", "255.255.255.255"]
    public static let destinationsIPv6: [Address] = ["2001:db8::5", "2001:db8::6", "ff02::1"]
}

extension Rules {
    /// One to four doors over a small world, such as a configuration allows.
    public static func random(using random: inout SplitMix64) -> Rules {
        var rules = Rules()
        for number in 1...Int.random(in: 1...4, using: &random) {
            guard let sequence = freshSequence(beside: rules.doors, &random) else { continue }
            rules.doors.append(.random(name: "door\(number)", sequence, beside: rules.doors, &random))
        }
        rules.otherwise = random.pick(Verdict.allCases)
        rules.closed = random.pick([.drop, .next])
        rules.ignore = Set((SmallWorld.others + SmallWorld.knocks).filter { _ in random.chance(15) })
        rules.allowFrom = allowances.filter { _ in random.chance(15) }
        rules.ipv6SourcePrefix = random.pick([128, 128, 64, 64, 48, 127])
        (rules.visitCapacity, rules.leaseCapacity) = (64, 64)  // More than a small world can fill.
        return rules
    }

    /// These rules, half of the time with tables that hold hardly anything.
    public func cramped(using random: inout SplitMix64) -> Rules {
        var rules = self
        rules.visitCapacity = random.pick([64, 64, 64, 1, 2, 3, 5])
        rules.leaseCapacity = random.pick([64, 64, 64, 1, 2, 3])
        return rules
    }

    /// These rules, as an administrator changes them: a door comes, goes, moves or has other settings, or IPv6 sources are
    /// told apart by another prefix. The tables stay as large as they are.
    public func changed(using random: inout SplitMix64) -> Rules {
        var rules = self
        let place = random.pick(doors.indices)
        switch random.pick(0..<6) {
        case 0 where doors.count > 1: rules.doors.remove(at: place)
        case 1:
            guard let sequence = Rules.freshSequence(beside: doors, &random) else { return rules }
            var number = Int.random(in: 100..<1_000_000, using: &random)
            while doors.contains(where: { $0.name == "door\(number)" }) { number += 1 }  // One of its own (DESIGN).
            rules.doors.insert(.random(name: "door\(number)", sequence, beside: doors, &random), at: place)
        case 2: rules.doors.append(rules.doors.remove(at: place))
        case 3: rules.doors[place].connections = random.pick([nil, 1, 2, 3])
        case 4: rules.doors[place].openFor = .milliseconds(random.pick([700, 1000, 3000, 6000]))
        default: rules.ipv6SourcePrefix = random.pick([128, 64, 48])
        }
        return rules
    }

    private static let allowances = ["198.51.100.3", "198.51.100.2/31", "2001:db8:0:2::/64", "2001:db8:0:1::2"]
        .compactMap(Network.init)

    /// A sequence that doesn't begin with a whole other one, nor the other way round; often its first knocks are another's.
    private static func freshSequence(beside doors: [Door], _ random: inout SplitMix64) -> KnockSequence? {
        for _ in 0..<50 {
            var knocks: [Port] = []
            if let other = doors.randomElement(using: &random), random.chance(60) {
                knocks += other.sequence.knocks.prefix(Int.random(in: 1...other.sequence.count, using: &random))
            }
            for _ in 0..<random.pick([0, 1, 2, 2, 3, 3, 4]) { knocks.append(random.pick(SmallWorld.knocks)) }
            guard let sequence = KnockSequence(knocks) else { continue }
            if !doors.contains(where: { $0.sequence.begins(with: sequence) || sequence.begins(with: $0.sequence) }) {
                return sequence
            }
        }
        return nil
    }
}

extension Door {
    fileprivate static func random(
        name: String, _ sequence: KnockSequence, beside doors: [Door], _ random: inout SplitMix64
    ) -> Door {
        var door = Door(
            name: name, protects: SmallWorld.protected.filter { _ in random.chance(40) }, sequence: sequence)
        if door.protects.isEmpty { door.protects = [.tcp(22)] }
        door.closeSequence = closeSequence(for: sequence, &random)
        door.sequenceTimeout = .milliseconds(random.pick([500, 1000, 1000, 2500]))
        door.openFor = .milliseconds(random.pick([700, 1000, 3000, 6000]))
        door.connections = random.pick([nil, nil, 1, 2, 3])
        door.tcpFlags = random.pick([.syn, .syn, .syn, .anything, .acknowledging, .xmas])
        if random.chance(25) {
            door.targets = (SmallWorld.destinationsIPv4 + SmallWorld.destinationsIPv6).filter { _ in random.chance(50) }
        }
        return door
    }

    /// None, the opening one backwards, or any other. It may end with the opening one's last knock, so that one packet
    /// completes both and closing has the last word.
    private static func closeSequence(for sequence: KnockSequence, _ random: inout SplitMix64) -> KnockSequence? {
        let length = Int.random(in: 1...3, using: &random)
        let any = (0..<length).map { _ in random.pick(SmallWorld.knocks) }
        let knocks = random.chance(50) ? sequence.knocks.reversed() : any
        return random.chance(60) ? KnockSequence(knocks) : nil
    }
}

extension TCPFlagsFilter {
    /// What knockd's users write: nothing at all, `ack,!syn`, and nmap's "Christmas tree".
    fileprivate static let anything = TCPFlagsFilter(set: [], clear: [])
    fileprivate static let acknowledging = TCPFlagsFilter(set: .ack, clear: .syn)
    fileprivate static let xmas = TCPFlagsFilter(set: [.fin, .psh, .urg], clear: [.syn, .ack])
}
