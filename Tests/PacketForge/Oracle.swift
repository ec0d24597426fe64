public import KnockCore

/// A second reading of R1 to R15, written from the contract's text alone: the gate's verdicts are held against it.
///
/// It knows no tables, no hashes and no heaps: plain dictionaries, searched from end to end, and each rule spelled out
/// where it is asked. It is slow, and meant to be.
public struct Oracle {
    /// How far one source has come in one sequence of one door; the opening and the closing one go their own ways.
    public struct Track: Hashable, Sendable {
        public let source: Address
        public let door: Int
        public let closes: Bool

        public init(source: Address, door: Int, closes: Bool) {
            (self.source, self.door, self.closes) = (source, door, closes)
        }
    }

    struct Visit {
        var heard: Int
        let deadline: Instant
    }

    struct Lease {
        let deadline: Instant
        /// The source ports of the connections it has admitted.
        var connections: [UInt16] = []
    }

    /// Whose lease, and at which door.
    struct Tenancy: Hashable {
        let source: Address
        let door: Int
    }

    public internal(set) var rules: Rules
    var visits: [Track: Visit] = [:]
    var leases: [Tenancy: Lease] = [:]
    /// Whether the rules have left open what the last packet brought about: two visits had the same claim to give way, or
    /// one packet opened several doors and not all leases found room.
    public internal(set) var isUndecided = false

    public init(_ rules: Rules) {
        self.rules = rules
    }

    /// What the contract says to this packet (nil when it is malformed), and what it changes. That a deadline has passed
    /// is no change: time does that, not the packet.
    public mutating func judge(_ packet: Packet?, at now: Instant) -> (verdict: Verdict, events: [Event]) {
        visits = visits.filter { now < $0.value.deadline }  // R5: gone when the deadline has come.
        leases = leases.filter { now < $0.value.deadline }  // R3: live while now < deadline.
        isUndecided = false
        guard let packet else { return (.drop, []) }  // R1: malformed.
        switch packet.content {
        case .other: return (rules.otherwise, [])  // R1: any other protocol.
        case .tcp(let sourcePort, let number, let flags):
            return judge(Visitor(packet, from: sourcePort, to: .tcp(number), flags: flags), at: now)
        case .udp(let sourcePort, let number):
            return judge(Visitor(packet, from: sourcePort, to: .udp(number), flags: nil), at: now)
        }
    }

    /// A TCP or UDP packet in the words of the rules.
    struct Visitor {
        let address: Address
        let destination: Address
        let sourcePort: UInt16
        let port: Port
        /// Nil for UDP.
        let flags: TCPFlags?

        init(_ packet: Packet, from sourcePort: UInt16, to port: Port, flags: TCPFlags?) {
            (address, destination) = (packet.source, packet.destination)
            (self.sourcePort, self.port, self.flags) = (sourcePort, port, flags)
        }

        /// R10: a SYN without ACK, RST and FIN, or a UDP packet.
        var asksForConnection: Bool {
            guard let flags else { return true }
            return flags.contains(.syn) && !flags.contains(.ack) && !flags.contains(.rst) && !flags.contains(.fin)
        }
    }

    private mutating func judge(_ visitor: Visitor, at now: Instant) -> (verdict: Verdict, events: [Event]) {
        var events = hear(visitor, now: now)
        guard rules.doors.contains(where: { $0.protects.contains(visitor.port) }) else {
            return (rules.otherwise, events)  // R4
        }
        if rules.allowFrom.contains(where: { Oracle.contains($0, visitor.address) }) {
            return (.accept, events)  // R3, before any lease is asked or charged.
        }
        return (isAdmitted(visitor, &events) ? .accept : rules.closed, events)  // R3
    }

    /// The source that an address belongs to: itself, or its IPv6 network.
    public func source(of address: Address) -> Address {
        guard address.family == .ipv6 else { return address }
        return Oracle.keep(rules.ipv6SourcePrefix, bitsOf: address)
    }

    func told(_ change: Event.Change, _ visitor: Visitor, _ door: Int) -> Event {
        Event(door: door, source: Source(visitor.address, ipv6Prefix: rules.ipv6SourcePrefix), change)
    }
}

extension Oracle {
    static func contains(_ network: Network, _ address: Address) -> Bool {
        address.family == network.address.family && keep(network.prefixLength, bitsOf: address) == network.address
    }

    /// The address with only its first `count` bits, bit by bit.
    static func keep(_ count: Int, bitsOf address: Address) -> Address {
        let width = address.family == .ipv4 ? 32 : 128
        var (high, low): (UInt64, UInt64) = (0, 0)
        for place in 0..<min(count, width) {
            let fromRight = width - 1 - place
            if fromRight >= 64 {
                high |= address.high & (1 << UInt64(fromRight - 64))
            } else {
                low |= address.low & (1 << UInt64(fromRight))
            }
        }
        return width == 32 ? Address(ipv4: UInt32(low)) : Address(ipv6: high, low)
    }

    /// 224.0.0.0 to 239.255.255.255, 255.255.255.255, and ff00::/8.
    static func isForMany(_ address: Address) -> Bool {
        let bytes = address.bytes
        return address.family == .ipv6
            ? bytes[0] == 0xFF : (224...239).contains(bytes[0]) || bytes == [255, 255, 255, 255]
    }
}
