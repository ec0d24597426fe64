/// What the gate reads of a packet: where it comes from, where it goes, and whether it asks for something new.
public struct Packet: Hashable, Sendable {
    /// What the packet carries above IP.
    public enum Content: Hashable, Sendable {
        case tcp(source: UInt16, destination: UInt16, flags: TCPFlags)
        case udp(source: UInt16, destination: UInt16)
        /// Any other protocol, by its number (RFC 7045 for IPv6): ICMP is 1, GRE 47.
        case other(UInt8)
    }

    public let source: Address
    public let destination: Address
    public let content: Content

    public init(from source: Address, to destination: Address, _ content: Content) {
        (self.source, self.destination, self.content) = (source, destination, content)
    }

    /// The port the packet is sent to; nil when its protocol has none.
    @inline(__always)
    public var destinationPort: Port? {
        switch content {
        case .tcp(_, let number, _): .tcp(number)
        case .udp(_, let number): .udp(number)
        case .other: nil
        }
    }
}
