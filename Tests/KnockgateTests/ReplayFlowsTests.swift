import KnockCore
import PacketForge
import Testing

@testable import knockgate

/// What is new, established or invalid to the kernel's connection tracking, in the times and by the flags of its own table.
@Suite struct ReplayFlowsTests {
    private var wire = Wire()

    // MARK: - TCP

    @Test mutating func `a SYN is new until it is answered, and nothing is from then on`() {
        #expect(wire.comes(.syn, at: 0) == .new)
        #expect(wire.comes(.syn, at: 1) == .new)
        #expect(wire.goes([.syn, .ack], at: 1.1) == .established)
        for flags: TCPFlags in [.ack, [.ack, .psh], .syn, [.fin, .ack]] {
            #expect(wire.comes(flags, at: 1.2) == .established, "\(flags)")
        }
    }

    @Test mutating func `what isn't answered leaves nothing behind`() {
        #expect(wire.comes(.syn, at: 0) == .new)
        #expect(wire.comes(.ack, at: 1) == .new)
        #expect(wire.comes([.fin, .ack], at: 2) == .invalid)
        #expect(wire.comes(.syn, at: 3) == .new)
        #expect(wire.comes(.rst, at: 4) == .invalid)
        #expect(wire.goes([.syn, .ack], at: 5) == .established, "it was the SYN that was answered")
        #expect(wire.comes([.fin, .ack], at: 6) == .established)
    }

    @Test(arguments: [TCPFlags.rst, [.rst, .ack]])
    mutating func `a SYN that is answered by a reset alone is forgotten`(reset: TCPFlags) {
        #expect(wire.comes(.syn, at: 0) == .new)
        #expect(wire.goes(reset, at: 0.1) == .established)
        #expect(wire.copy.comes(.ack, at: 0.2) == .new)
        #expect(wire.copy.comes([.fin, .ack], at: 0.2) == .invalid)
        #expect(wire.copy.goes([.syn, .ack], at: 0.2) == .invalid)
        #expect(wire.comes(.syn, at: 0.3) == .new)
    }

    @Test mutating func `after FIN from both sides, and after a reset, a SYN is new again`() {
        wire.shakesHands(at: 0)
        #expect(wire.goes([.fin, .ack], at: 1) == .established)
        #expect(wire.comes([.fin, .ack], at: 1.1) == .established)
        #expect(wire.comes(.syn, at: 1.15) == .established)
        #expect(wire.goes(.ack, at: 1.2) == .established)
        #expect(wire.comes(.syn, at: 2) == .new)
        #expect(wire.goes([.syn, .ack], at: 2.1) == .established)
        #expect(wire.comes(.rst, at: 2.2) == .established)
        #expect(wire.comes(.ack, at: 2.3) == .established)
        #expect(wire.comes(.syn, at: 2.4) == .new)
    }

    @Test(
        arguments: [
            ([], 300), ([.init(flags: .syn, isAnswer: true)], 120), ([.init(flags: [.syn, .ack], isAnswer: true)], 60),
        ] as [([Wire.Segment], Double)])
    mutating func `a connection that is begun is forgotten in time`(segments: [Wire.Segment], seconds: Double) {
        #expect(wire.comes(segments.isEmpty ? .ack : .syn, at: 0) == .new)
        for segment in segments { wire.passes(segment, at: 0) }
        #expect(wire.copy.goes(.ack, at: seconds - 0.001) == .established)
        #expect(wire.copy.goes([.syn, .ack], at: seconds) == .invalid)
    }

    @Test(
        arguments: [
            ([], 432_000), ([.init(flags: [.fin, .ack])], 120),
            ([.init(flags: [.fin, .ack]), .init(flags: .ack, isAnswer: true)], 60),
            ([.init(flags: [.fin, .ack]), .init(flags: [.fin, .ack], isAnswer: true)], 30),
            ([.init(flags: [.fin, .ack]), .init(flags: [.fin, .ack], isAnswer: true), .init(flags: .ack)], 120),
            ([.init(flags: .rst, isAnswer: true)], 10),
        ] as [([Wire.Segment], Double)])
    mutating func `an established one too, the sooner the nearer it is to its end`(
        segments: [Wire.Segment], seconds: Double
    ) {
        wire.shakesHands(at: 0)
        for segment in segments { wire.passes(segment, at: 0) }
        #expect(wire.copy.comes(.ack, at: seconds - 0.001) == .established)
        #expect(wire.copy.comes(.ack, at: seconds) == .new)
    }

    @Test(
        arguments: [
            (.ack, .new), ([.ack, .psh], .new), ([.ack, .urg], .new), ([.syn, .ack], .invalid),
            ([.fin, .ack], .invalid),
            (.rst, .invalid), (.fin, .invalid), ([], .invalid), ([.syn, .fin], .invalid),
            ([.fin, .psh, .urg], .invalid),
            ([.syn, .psh], .new),
        ] as [(TCPFlags, FlowTable.State)])
    mutating func `a connection met in the middle begins with an ACK, and with nothing else but a SYN`(
        flags: TCPFlags, state: FlowTable.State
    ) {
        #expect(wire.comes(flags, at: 0) == state)
    }

    @Test mutating func `the answers to what our side began aren't new`() {
        #expect(wire.goes(.syn, at: 0) == .new)
        #expect(wire.comes([.syn, .ack], at: 0.1) == .established)
        #expect(wire.comes(.ack, at: 0.2) == .established)
        #expect(wire.goes(udp: 5353, at: 0) == .new)
        #expect(wire.comes(udp: 5353, at: 1) == .established)
    }

    // MARK: - Others

    @Test mutating func `a datagram is new until one comes back, or when all was silent for 30 seconds`() {
        for second in [0, 1, 29, 58.9] { #expect(wire.comes(udp: 2222, at: second) == .new) }
        #expect(wire.goes(udp: 2222, at: 59) == .established)
        #expect(wire.comes(udp: 2222, at: 61) == .established)
        #expect(wire.comes(udp: 2222, at: 180.9) == .established)  // It has lasted longer than 2 seconds: 120.
        #expect(wire.comes(udp: 2222, at: 300.9) == .new)
        #expect(wire.goes(udp: 2222, at: 301) == .established)
        #expect(wire.comes(udp: 2222, at: 302) == .established)
        #expect(wire.comes(udp: 2222, at: 332) == .new)
    }

    @Test mutating func `an echo request is new until it is answered, and who asks back asks anew`() {
        #expect(wire.comes(icmp: 8, at: 0) == .new)
        #expect(wire.comes(icmp: 8, at: 1) == .new)
        #expect(wire.goes(icmp: 8, at: 1.1) == .new)
        #expect(wire.goes(icmp: 0, at: 1.2) == .established)
        #expect(wire.comes(icmp: 8, at: 2) == .established)
        #expect(wire.comes(icmp: 0, at: 3) == .established)
        #expect(wire.comes(icmp: 8, number: 9, at: 3) == .new)
        #expect(wire.comes(icmp: 0, number: 10, at: 3) == .invalid)
        #expect(wire.comes(icmp: 3, at: 3) == .related)
        #expect(wire.comes(icmp: 8, at: 33) == .new)
    }

    @Test mutating func `of ICMPv6, talk among neighbours isn't tracked at all`() {
        for type: UInt8 in [133, 134, 135, 136, 143] { #expect(wire.comes(icmpv6: type, at: 0) == .untracked) }
        #expect(wire.comes(icmpv6: 128, at: 0) == .new)
        #expect(wire.goes(icmpv6: 129, at: 0) == .established)
        #expect(wire.comes(icmpv6: 128, at: 1) == .established)
        #expect(wire.comes(icmpv6: 1, at: 1) == .related)
    }

    @Test mutating func `other protocols are known by their addresses`() {
        let there = Packet(from: Wire.client, to: Wire.server, .other(47))
        let back = Packet(from: Wire.server, to: Wire.client, .other(47))
        #expect(wire.state(there, at: 0) == .new)
        #expect(wire.state(there, at: 1) == .new)
        #expect(wire.state(back, at: 2) == .established)
        #expect(wire.state(there, at: 3) == .established)
        #expect(wire.state(there, at: 603) == .new)
    }

    @Test mutating func `the table is bounded: what would end soonest is forgotten first`() {
        wire.table = FlowTable(capacity: 64)
        wire.shakesHands(at: 0)
        for number in 0..<10_000 {
            let stranger = Address(ipv4: 0x0A00_0000 + UInt32(number))
            let syn = Packet(from: stranger, to: Wire.server, .tcp(source: 1, destination: 22, flags: .syn))
            #expect(wire.state(syn, at: 1 + Double(number) / 1000) == .new)
        }
        #expect(wire.table.forgotten >= 10_000 - 64 && wire.table.forgotten <= 10_000)
        #expect(wire.comes(.ack, at: 20) == .established)
        #expect(wire.table.forgotten % 8 == 0, "an eighth at a time")
        let before = wire.table.forgotten
        for number in 0..<60 {
            let late = Packet(from: Wire.client, to: Wire.server, .udp(source: UInt16(number), destination: 9))
            #expect(wire.state(late, at: 1000) == .new)
        }
        #expect(wire.table.forgotten == before, "all but one had ended by themselves")
    }
}

/// Two machines, and what passes between them.
struct Wire {
    struct Segment {
        let flags: TCPFlags
        var isAnswer = false
    }

    static let client: Address = "198.51.100.7"
    static let server: Address = "203.0.113.5"
    var table = FlowTable()

    var copy: Wire {
        get { self }
        set {}
    }

    mutating func comes(_ flags: TCPFlags, at second: Double) -> FlowTable.State {
        let packet = Packet(from: Wire.client, to: Wire.server, .tcp(source: 40000, destination: 22, flags: flags))
        return state(packet, at: second)
    }

    mutating func goes(_ flags: TCPFlags, at second: Double) -> FlowTable.State {
        state(
            Packet(from: Wire.server, to: Wire.client, .tcp(source: 22, destination: 40000, flags: flags)), at: second)
    }

    mutating func passes(_ segment: Segment, at second: Double) {
        _ = segment.isAnswer ? goes(segment.flags, at: second) : comes(segment.flags, at: second)
    }

    mutating func shakesHands(at second: Double) {
        #expect(comes(.syn, at: second) == .new)
        #expect(goes([.syn, .ack], at: second) == .established)
        #expect(comes(.ack, at: second) == .established)
    }

    mutating func comes(udp port: UInt16, at second: Double) -> FlowTable.State {
        state(Packet(from: Wire.client, to: Wire.server, .udp(source: 40000, destination: port)), at: second)
    }

    mutating func goes(udp port: UInt16, at second: Double) -> FlowTable.State {
        state(Packet(from: Wire.server, to: Wire.client, .udp(source: port, destination: 40000)), at: second)
    }

    mutating func comes(icmp type: UInt8, number: UInt8 = 1, at second: Double) -> FlowTable.State {
        state(
            .ipv4(from: Wire.client, to: Wire.server, .raw(protocol: 1, [type, 0, 0, 0, 0, number, 0, 1])), at: second)
    }

    mutating func goes(icmp type: UInt8, at second: Double) -> FlowTable.State {
        state(.ipv4(from: Wire.server, to: Wire.client, .raw(protocol: 1, [type, 0, 0, 0, 0, 1, 0, 1])), at: second)
    }

    mutating func comes(icmpv6 type: UInt8, at second: Double) -> FlowTable.State {
        let message = Forged.Payload.raw(protocol: 58, [type, 0, 0, 0, 0, 1, 0, 1])
        let extensions: [Forged.Extension] = type == 143 ? [.hopByHop] : []
        return state(.ipv6(from: "2001:db8::7", to: "2001:db8::5", message, extensions: extensions), at: second)
    }

    mutating func goes(icmpv6 type: UInt8, at second: Double) -> FlowTable.State {
        state(
            .ipv6(from: "2001:db8::5", to: "2001:db8::7", .raw(protocol: 58, [type, 0, 0, 0, 0, 1, 0, 1])), at: second)
    }

    mutating func state(_ packet: Packet, at second: Double) -> FlowTable.State {
        state(Forged(packet), at: second)
    }

    mutating func state(_ forged: Forged, at second: Double) -> FlowTable.State {
        guard let packet = Packet(parsing: forged.bytes.span, wireLength: forged.bytes.count) else { return .invalid }
        let now = Instant(nanoseconds: Int64(second * 1_000_000_000))
        return table.follow(FlowSight(packet, in: forged.bytes.span), at: now)
    }
}
