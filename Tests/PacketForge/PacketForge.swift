/// Packets written by hand, byte for byte, with right lengths and checksums, so that they can go over a real wire.
///
///     let knock = Forged.ipv4(from: "198.51.100.7", to: "203.0.113.5", .tcp(from: 40000, to: 3333, flags: .syn))
public import KnockCore

public struct Forged: Equatable, Sendable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What stands behind the IP header (and behind the extension headers, if any).
    public enum Payload: Sendable {
        case tcp(from: UInt16, to: UInt16, flags: TCPFlags = .syn)
        case udp(from: UInt16, to: UInt16, data: [UInt8] = [])
        case raw(protocol: UInt8, [UInt8])

        public var protocolNumber: UInt8 {
            switch self {
            case .tcp: 6
            case .udp: 17
            case .raw(let number, _): number
            }
        }

        /// The transport header and its data, with the checksum over the given pseudo header.
        func bytes(pseudoHeader: [UInt8]) -> [UInt8] {
            switch self {
            case .tcp(let source, let destination, let flags):
                var header: [UInt8] = source.bigEndianBytes + destination.bigEndianBytes
                header += [0, 0, 0, 1] + [0, 0, 0, 0]  // Sequence and acknowledgement numbers.
                header += [5 << 4, flags.rawValue] + UInt16(64_240).bigEndianBytes  // Data offset, flags, window.
                header += [0, 0, 0, 0]  // Checksum, urgent pointer.
                return header.withChecksum(at: 16, pseudoHeader: pseudoHeader)
            case .udp(let source, let destination, let data):
                var header: [UInt8] = source.bigEndianBytes + destination.bigEndianBytes
                header += UInt16(8 + data.count).bigEndianBytes + [0, 0]
                return (header + data).withChecksum(at: 6, pseudoHeader: pseudoHeader)
            case .raw(_, let bytes):
                return bytes
            }
        }
    }

    /// An IPv4 packet. `fragment` is the flags-and-offset word: 0x2000 says more fragments, the low 13 bits are the offset in 8 bytes.
    public static func ipv4(
        from source: Address, to destination: Address, _ payload: Payload, options: [UInt8] = [], fragment: UInt16 = 0,
        identification: UInt16 = 1
    ) -> Forged {
        precondition(options.count % 4 == 0 && options.count <= 40, "IPv4 options fill whole 32-bit words, at most ten")
        let addresses = source.bytes + destination.bytes
        let length = UInt16(clamping: payload.bytes(pseudoHeader: []).count)
        let body = payload.bytes(
            pseudoHeader: addresses + [0, payload.protocolNumber] + length.bigEndianBytes)
        let headerLength = 20 + options.count
        var header: [UInt8] = [0x40 | UInt8(headerLength / 4), 0] + UInt16(headerLength + body.count).bigEndianBytes
        header += identification.bigEndianBytes + fragment.bigEndianBytes
        header += [64, payload.protocolNumber, 0, 0] + addresses + options
        return Forged(header.withChecksum(at: 10, pseudoHeader: []) + body)
    }

    /// An IPv6 packet with a chain of extension headers in front of its payload.
    public static func ipv6(
        from source: Address, to destination: Address, _ payload: Payload, extensions: [Extension] = []
    ) -> Forged {
        let addresses = source.bytes + destination.bytes
        let length = UInt16(clamping: payload.bytes(pseudoHeader: []).count)
        let body = payload.bytes(
            pseudoHeader: addresses + [0, 0] + length.bigEndianBytes + [0, 0, 0, payload.protocolNumber])
        var chain: [UInt8] = []
        for (index, header) in extensions.enumerated() {
            let next = index + 1 < extensions.count ? extensions[index + 1].number : payload.protocolNumber
            chain += [next] + header.rest
        }
        let first = extensions.first?.number ?? payload.protocolNumber
        let payloadLength = UInt16(clamping: chain.count + body.count).bigEndianBytes
        return Forged([0x60, 0, 0, 0] + payloadLength + [first, 64] + addresses + chain + body)
    }

    /// An IPv6 extension header: its number, and all its bytes but the first (the next header's number).
    public struct Extension: Sendable {
        public let number: UInt8
        public let rest: [UInt8]

        public init(number: UInt8, rest: [UInt8]) {
            (self.number, self.rest) = (number, rest)
        }

        /// A hop-by-hop header holding one PadN option over 8 bytes.
        public static let hopByHop = Extension(number: 0, rest: [0, 1, 4, 0, 0, 0, 0])
        /// A destination-options header holding one PadN option over 8 bytes.
        public static let destinationOptions = Extension(number: 60, rest: [0, 1, 4, 0, 0, 0, 0])
        /// A routing header (type 4, no segments left) of 8 bytes.
        public static let routing = Extension(number: 43, rest: [0, 4, 0, 0, 0, 0, 0])

        /// A fragment header; the offset counts in 8 bytes.
        public static func fragment(offset: UInt16, more: Bool, identification: UInt8 = 1) -> Extension {
            Extension(
                number: 44, rest: [0] + (offset << 3 | (more ? 1 : 0)).bigEndianBytes + [0, 0, 0, identification])
        }
    }
}

extension Address {
    /// The address as it stands on the wire: 4 or 16 bytes.
    public var bytes: [UInt8] {
        family == .ipv4 ? UInt32(truncatingIfNeeded: low).bigEndianBytes : high.bigEndianBytes + low.bigEndianBytes
    }
}

extension Address: ExpressibleByStringLiteral {
    /// Addresses in tests are written out; a wrong one is the test's mistake.
    public init(stringLiteral text: String) {
        guard let address = Address(text) else { preconditionFailure("\(text) is not an address") }
        self = address
    }
}

extension FixedWidthInteger {
    public var bigEndianBytes: [UInt8] {
        stride(from: bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}

extension [UInt8] {
    /// These bytes with their Internet checksum (RFC 1071) put in at `offset`.
    fileprivate func withChecksum(at offset: Int, pseudoHeader: [UInt8]) -> [UInt8] {
        var sum: UInt32 = 0
        for part in [pseudoHeader, self] {
            for (index, byte) in part.enumerated() {
                sum += index % 2 == 0 ? UInt32(byte) << 8 : UInt32(byte)
            }
        }
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        var bytes = self
        bytes.replaceSubrange(offset..<offset + 2, with: (~UInt16(truncatingIfNeeded: sum)).bigEndianBytes)
        return bytes
    }
}
