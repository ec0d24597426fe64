/// A range of addresses that share their first bits: `192.168.1.0/24`, `2001:db8::/32`, or a single address.
public struct Network: Hashable, Sendable, LosslessStringConvertible {
    public let address: Address
    public let prefixLength: Int

    /// The network of `prefixLength` bits around `address`; nil when the family has fewer bits than that.
    public init?(_ address: Address, prefixLength: Int) {
        guard (0...address.family.bitWidth).contains(prefixLength) else { return nil }
        self.address = address.masked(to: prefixLength)
        self.prefixLength = prefixLength
    }

    /// Reads `ADDRESS` or `ADDRESS/LENGTH`.
    public init?(_ description: String) {
        let parts = description.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = Address(first) else { return nil }
        guard parts.count == 2 else {
            self.init(address, prefixLength: address.family.bitWidth)
            return
        }
        guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
            let length = Int(parts[1])
        else { return nil }
        self.init(address, prefixLength: length)
    }

    public func contains(_ other: Address) -> Bool {
        other.family == address.family && other.masked(to: prefixLength) == address
    }

    /// `192.168.1.0/24`; a single address stands without its length.
    public var description: String {
        prefixLength == address.family.bitWidth ? address.description : "\(address)/\(prefixLength)"
    }
}
