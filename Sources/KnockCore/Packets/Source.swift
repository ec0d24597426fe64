/// Whoever knocks: an IPv4 address, or as much of an IPv6 address as `ipv6_source_prefix` says.
public struct Source: Hashable, Sendable, CustomStringConvertible {
    /// The source's address, its bits beyond the prefix cleared.
    public let address: Address

    /// 128 unless a whole IPv6 subnet counts as one source.
    public let prefixLength: UInt8

    @inline(__always)
    public init(_ address: Address, ipv6Prefix: Int) {
        switch address.family {
        case .ipv4: (self.address, prefixLength) = (address, 32)
        case .ipv6: (self.address, prefixLength) = (address.masked(to: ipv6Prefix), UInt8(clamping: ipv6Prefix))
        }
    }

    /// `198.51.100.7`, `2001:db8::7`, or `2001:db8::/64`.
    public var description: String {
        Int(prefixLength) == address.family.bitWidth ? address.description : "\(address)/\(prefixLength)"
    }
}
