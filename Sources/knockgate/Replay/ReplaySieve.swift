import KnockCore

/// `--to`: which packets of a capture of both directions the rule would have handed to the gate.
///
///     captured ─▶ to one of the addresses? ─▶ new, as conntrack has it? ─▶ the gate
///                        │ no                        │ no
///                        └─ from one: its flow is followed, and no more ◀─┘
struct ReplaySieve {
    private let addresses: [Network]
    /// Whether the rule takes what conntrack calls invalid, as it does for a door that hears other flags than SYN.
    private let takesInvalid: Bool
    private var flows = FlowTable()

    init(to addresses: [Network], takesInvalid: Bool) {
        (self.addresses, self.takesInvalid) = (addresses, takesInvalid)
    }

    /// How many flows were too many to be followed.
    var forgotten: Int { flows.forgotten }

    /// Whether the rule hands over this packet.
    ///
    /// A machine's packets to itself come over loopback, which the rule leaves alone. Of a fragmented packet the kernel
    /// shows the rule the whole: here its first fragment stands for it.
    mutating func diverts(_ packet: ReplayPacket, _ bytes: Span<UInt8>) -> Bool {
        guard let ends = packet.addresses, ends.source != ends.destination else { return false }
        let isInbound = contains(ends.destination)
        guard isInbound || contains(ends.source) else { return false }
        // What the gate can't read, conntrack can't, but for a packet with more than 8 IPv6 extension headers.
        guard let read = packet.parsed else { return isInbound && takesInvalid && !bytes.isLaterFragment }
        let state = flows.follow(FlowSight(read, in: bytes), at: packet.time)
        return isInbound && (state == .new || takesInvalid && state == .invalid)
    }

    private func contains(_ address: Address) -> Bool {
        addresses.contains { $0.contains(address) }
    }
}

extension Span<UInt8> {
    /// Whether this is a piece of an IPv4 packet, or of an IPv6 one without other extension headers, but not the first.
    fileprivate var isLaterFragment: Bool {
        if count >= 20, self[0] >> 4 == 4 { return self[6] & 0x1F != 0 || self[7] != 0 }
        return count >= 44 && self[0] >> 4 == 6 && self[6] == 44 && (self[42] != 0 || self[43] & 0xF8 != 0)
    }
}
