public import KnockCore

extension Forged {
    /// The bytes of a packet such as the core reads, in a whole IPv4 or IPv6 packet.
    public init(_ packet: Packet) {
        let payload: Payload =
            switch packet.content {
            case .tcp(let source, let destination, let flags): .tcp(from: source, to: destination, flags: flags)
            case .udp(let source, let destination): .udp(from: source, to: destination, data: [0x6B])
            case .other(let number): .raw(protocol: number, [8, 0, 0, 0, 0, 0, 0, 0])
            }
        switch packet.source.family {
        case .ipv4: self = .ipv4(from: packet.source, to: packet.destination, payload)
        case .ipv6: self = .ipv6(from: packet.source, to: packet.destination, payload)
        }
    }
}
