/// An IPv4 or IPv6 address, as it stands in a packet.
///
/// Both families are kept in 128 bits, most significant first; an IPv4 address fills the lowest 32. The family is part
/// of the address: `203.0.113.5` and `::ffff:203.0.113.5` are two strangers.
public struct Address: Hashable, Sendable, BitwiseCopyable {
    /// Which of the two Internet Protocols an address belongs to.
    public enum Family: UInt8, Sendable, BitwiseCopyable {
        case ipv4 = 4
        case ipv6 = 6

        /// How many bits an address of this family has.
        public var bitWidth: Int { self == .ipv4 ? 32 : 128 }
    }

    public let high: UInt64
    public let low: UInt64
    public let family: Family

    /// The IPv4 address with these 32 bits, in host order: `0xC0000201` is 192.0.2.1.
    public init(ipv4 bits: UInt32) {
        (high, low, family) = (0, UInt64(bits), .ipv4)
    }

    /// The IPv6 address with these 128 bits, in host order.
    public init(ipv6 high: UInt64, _ low: UInt64) {
        (self.high, self.low, family) = (high, low, .ipv6)
    }

    /// This address with all but its first `length` bits cleared; `length` beyond the family's width keeps them all.
    public func masked(to length: Int) -> Address {
        switch family {
        case .ipv4:
            Address(ipv4: UInt32(truncatingIfNeeded: low) & ~(UInt32.max >> max(0, length)))
        case .ipv6:
            Address(ipv6: high & ~(UInt64.max >> max(0, length)), low & ~(UInt64.max >> max(0, length - 64)))
        }
    }

    /// The IPv4 address that an IPv4-mapped one stands for (`::ffff:192.0.2.1`, RFC 4291, section 2.5.5.2): sockets show
    /// IPv4 so, packets never bear it. Any other address is itself.
    public var unmapped: Address {
        family == .ipv6 && high == 0 && low >> 32 == 0xFFFF ? Address(ipv4: UInt32(truncatingIfNeeded: low)) : self
    }

    /// Whether packets to this address are meant for many: 224.0.0.0/4 (RFC 5771), 255.255.255.255 (RFC 919), ff00::/8 (RFC 4291).
    ///
    /// A network's own broadcast address (192.0.2.255 in 192.0.2.0/24) can't be told from the address alone: see
    /// `Gate.broadcasts`.
    public var isMulticastOrBroadcast: Bool {
        switch family {
        case .ipv4: low >> 28 == 0xE || low == 0xFFFF_FFFF
        case .ipv6: high >> 56 == 0xFF
        }
    }
}
