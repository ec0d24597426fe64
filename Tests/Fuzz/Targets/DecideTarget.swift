import KnockCore
import PacketForge

extension FuzzTarget {
    /// The whole decision, against the second reading of the rules: all settings, small tables, packets as bytes, the
    /// clock, reloads.
    ///
    ///     │ seed of the rules·2 │ steps … │
    ///     step: │ when·4 bits, what·4 bits │ choices … │, or for a packet as it is: │ when, what │ length·1 │ bytes │
    static let decide = FuzzTarget(
        "decide", longest: 400, of: ["Sources/KnockCore/Gate", "Sources/KnockCore/Tables"]
    ) { bytes throws(BrokenPromise) in
        guard var string = StepReader(bytes) else { return .refused }
        var race = Race(string.rules, seed: HashSeed(1, 2))
        var hasOpened = false
        while let step = try string.next(race.oracle) {
            if string.isTidying { race.expire(at: string.now) }
            guard let outcome = race.take(step) else { break }
            try promise(outcome.isAgreed, "gate and oracle differ: \(outcome) after \(step)")
            if case .packet(let gate, _) = outcome { hasOpened = hasOpened || gate.events.contains(where: \.isOpening) }
        }
        return hasOpened ? .understood : .refused
    }
}

extension Event {
    var isOpening: Bool { if case .opened = change { true } else { false } }
}

/// Steps of a string, read from bytes. It asks the oracle where the sources stand, so that few bytes lead far.
private struct StepReader {
    let rules: Rules
    private(set) var now = Instant(nanoseconds: 1_700_000_000_000_000_000)
    /// Whether the gate may clear away what is over before the step that was read last.
    private(set) var isTidying = false
    private var cursor: Cursor

    init?(_ bytes: [UInt8]) {
        cursor = Cursor(bytes)
        guard let high = cursor.next(), let low = cursor.next() else { return nil }
        var random = SplitMix64(seed: UInt64(high) << 8 | UInt64(low))
        rules = Rules.random(using: &random).cramped(using: &random)
        guard !rules.doors.isEmpty else { return nil }
    }

    /// Nil at the end of the bytes.
    mutating func next(_ oracle: Oracle) throws(BrokenPromise) -> Race.Step? {
        guard let byte = cursor.next() else { return nil }
        now = moment(byte >> 4, oracle)
        isTidying = false
        switch byte & 0xF {
        case 0...5: return try knock(oracle)
        case 6...7: return try packet(to: SmallWorld.protected)
        case 8...9: return try packet(to: SmallWorld.knocks + SmallWorld.others)
        case 10...12: return bare()
        case 13: return reload(oracle)
        default:
            isTidying = true
            return .packet(nil, at: now)
        }
    }

    /// At once, a little or a long time later, or beside a deadline; never earlier than the last step.
    private func moment(_ choice: UInt8, _ oracle: Oracle) -> Instant {
        switch choice {
        case 0...4: now
        case 5: now.advanced(by: .nanoseconds(1))
        case 6: now.advanced(by: .milliseconds(100))
        case 7: now.advanced(by: .milliseconds(700))
        case 8: now.advanced(by: .seconds(1))
        case 9: now.advanced(by: .seconds(3))
        case 10: now.advanced(by: .seconds(3600))
        case 11: oracle.deadlines.last ?? now
        case 12: max(now, (oracle.deadlines.first ?? now).advanced(by: .nanoseconds(-1)))
        case 13: (oracle.deadlines.first ?? now).advanced(by: .nanoseconds(1))
        default: oracle.deadlines.first ?? now
        }
    }

    /// The knock that a source still lacks at a door.
    private mutating func knock(_ oracle: Oracle) throws(BrokenPromise) -> Race.Step? {
        guard let number = cursor.pick(oracle.rules.doors.indices), let source = source(), let way = cursor.next()
        else {
            return nil
        }
        let door = oracle.rules.doors[number]
        let closing = way & 1 == 1 ? door.closeSequence : nil
        let track = Oracle.Track(source: oracle.source(of: source), door: number, closes: closing != nil)
        let sequence = closing ?? door.sequence
        let destination = door.targets.first { $0.family == source.family } ?? self.destination(source, 0)
        return try packet(
            from: source, to: destination, sequence[oracle.heard(track)], sourcePort: UInt16(way), door.tcpFlags.set)
    }

    private mutating func packet(to ports: [Port]) throws(BrokenPromise) -> Race.Step? {
        guard let port = cursor.pick(ports), let source = source(), let choice = cursor.next(),
            let flags = cursor.next()
        else { return nil }
        return try packet(
            from: source, to: destination(source, choice >> 4), port, sourcePort: UInt16(choice & 0xF),
            TCPFlags(rawValue: flags))
    }

    /// A packet as it would come: written out, and read.
    private func packet(
        from source: Address, to destination: Address, _ port: Port, sourcePort: UInt16, _ flags: TCPFlags
    ) throws(BrokenPromise) -> Race.Step {
        let content: Packet.Content =
            port.transport == .tcp
            ? .tcp(source: sourcePort, destination: port.number, flags: flags)
            : .udp(source: sourcePort, destination: port.number)
        let packet = Packet(from: source, to: destination, content)
        let read = FuzzTarget.parsed(Forged(packet).bytes)
        try promise(read == packet, "written out, \(packet) is another packet")
        return .packet(read, at: now)
    }

    /// A packet whose bytes stand in the input.
    private mutating func bare() -> Race.Step? {
        guard let length = cursor.next() else { return nil }
        return .packet(FuzzTarget.parsed(cursor.take(Int(length))), at: now)
    }

    private mutating func reload(_ oracle: Oracle) -> Race.Step? {
        guard let seed = cursor.next() else { return nil }
        var random = SplitMix64(seed: UInt64(seed))
        return .reload(oracle.rules.changed(using: &random), at: now)
    }

    private mutating func source() -> Address? {
        cursor.pick(SmallWorld.sourcesIPv4 + SmallWorld.sourcesIPv6)
    }

    private func destination(_ source: Address, _ choice: UInt8) -> Address {
        let all = source.family == .ipv4 ? SmallWorld.destinationsIPv4 : SmallWorld.destinationsIPv6
        return all[Int(choice) % all.count]
    }
}
