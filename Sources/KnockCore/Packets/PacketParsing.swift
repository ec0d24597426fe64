extension Packet {
    /// Reads an IP packet as far as its ports (R1); answers nil for bytes that can't be read that far.
    ///
    ///     IPv4 │ ver·IHL │ … │ total length │ … │ fragment │ … │ protocol │ … │ source │ destination │ options │ TCP or UDP
    ///     IPv6 │ ver │ payload length │ next header │ … │ source │ destination │ up to 8 extension headers │ TCP or UDP
    ///
    /// - Parameters:
    ///   - bytes: the packet from its IP header on, or as much of its beginning as was copied.
    ///   - wireLength: how long the packet was before it was cut; the header's own length may not exceed it.
    ///
    /// RFC 791 (IPv4), 8200 (IPv6), 9293 (TCP), 768 (UDP). A packet that says it is longer than it was, a header that
    /// says it is longer than its packet, and any fragment but the first are refused: the kernel's own stack does the same.
    public init?(parsing bytes: Span<UInt8>, wireLength: Int) {
        guard let first = bytes[byte: 0] else { return nil }
        switch first >> 4 {
        case 4: self.init(ipv4: bytes, wireLength: wireLength)
        case 6: self.init(ipv6: bytes, wireLength: wireLength)
        default: return nil
        }
    }

    private init?(ipv4 bytes: Span<UInt8>, wireLength: Int) {
        guard bytes.count >= 20 else { return nil }
        let headerLength = Int(bytes[0] & 0x0F) * 4
        let totalLength = Int(bytes.word(at: 2))
        let fragment = bytes.word(at: 6)
        guard headerLength >= 20, headerLength <= totalLength, totalLength <= wireLength, headerLength <= bytes.count,
            fragment & 0x1FFF == 0  // Fragment offset: only the first fragment has ports.
        else { return nil }
        guard
            let content = Content(
                protocol: bytes[9], in: bytes, at: headerLength, end: totalLength, isFragment: fragment & 0x2000 != 0)
        else { return nil }
        self.init(
            from: Address(ipv4: bytes.doubleWord(at: 12)), to: Address(ipv4: bytes.doubleWord(at: 16)), content)
    }

    private init?(ipv6 bytes: Span<UInt8>, wireLength: Int) {
        guard bytes.count >= 40 else { return nil }
        let end = 40 + Int(bytes.word(at: 4))
        guard end <= wireLength,
            let payload = IPv6Payload(following: bytes[6], in: bytes, at: 40, end: end),
            let content = Content(
                protocol: payload.protocol, in: bytes, at: payload.offset, end: end, isFragment: payload.isFragment)
        else { return nil }
        self.init(
            from: Address(ipv6: bytes.quadWord(at: 8), bytes.quadWord(at: 16)),
            to: Address(ipv6: bytes.quadWord(at: 24), bytes.quadWord(at: 32)), content)
    }
}

extension Packet.Content {
    /// Reads the transport header of a packet that ends at `end`, as far as those bytes were copied.
    fileprivate init?(protocol number: UInt8, in bytes: Span<UInt8>, at offset: Int, end: Int, isFragment: Bool) {
        switch Transport(rawValue: number) {
        case .tcp:
            guard offset + 20 <= end, offset + 20 <= bytes.count else { return nil }
            let headerLength = Int(bytes[offset + 12] >> 4) * 4
            guard headerLength >= 20, offset + headerLength <= end else { return nil }
            self = .tcp(
                source: bytes.word(at: offset), destination: bytes.word(at: offset + 2),
                flags: TCPFlags(rawValue: bytes[offset + 13]))
        case .udp:
            guard offset + 8 <= end, offset + 8 <= bytes.count else { return nil }
            let length = Int(bytes.word(at: offset + 4))
            // A first fragment holds only the beginning of its datagram.
            guard length >= 8, isFragment || offset + length <= end else { return nil }
            self = .udp(source: bytes.word(at: offset), destination: bytes.word(at: offset + 2))
        case nil:
            self = .other(number)
        }
    }
}

/// Where an IPv6 packet's extension headers end (RFC 8200, section 4), and what follows them.
private struct IPv6Payload {
    let `protocol`: UInt8
    let offset: Int
    let isFragment: Bool

    /// More than these in one packet is an attack on whoever reads it.
    static let mostHeaders = 8

    /// Follows the chain that begins with header `next` at `offset`; answers nil when it is longer than 8 headers, runs
    /// past the packet's end or the copied bytes, or belongs to a fragment that isn't the first.
    init?(following next: UInt8, in bytes: Span<UInt8>, at offset: Int, end: Int) {
        var (next, offset, isFragment) = (next, offset, false)
        for followed in 0... {
            guard let header = ExtensionHeader(rawValue: next) else {
                (self.protocol, self.offset, self.isFragment) = (next, offset, isFragment)
                return
            }
            guard followed < IPv6Payload.mostHeaders, offset + 8 <= end, offset + 8 <= bytes.count else { return nil }
            if header == .fragment {
                let field = bytes.word(at: offset + 2)
                guard field & 0xFFF8 == 0 else { return nil }
                isFragment = isFragment || field & 1 != 0
            }
            next = bytes[offset]
            offset += header.length(from: bytes[offset + 1])
            guard offset <= end, offset <= bytes.count else { return nil }
        }
        return nil
    }
}

/// The IPv6 extension headers that can be walked past: IANA's list (RFC 7045) without ESP, whose inside is encrypted,
/// and the two numbers kept for experiments.
private enum ExtensionHeader: UInt8 {
    case hopByHopOptions = 0
    case routing = 43
    case fragment = 44
    case authentication = 51
    case destinationOptions = 60
    case mobility = 135
    case hostIdentity = 139
    case shim6 = 140

    /// The header's length in bytes, from its length field: counted in 8 bytes beyond the first 8 (RFC 6564), but for
    /// the authentication header in 4 bytes beyond the first 8 (RFC 4302); a fragment header has always 8.
    func length(from field: UInt8) -> Int {
        switch self {
        case .fragment: 8
        case .authentication: (Int(field) + 2) * 4
        default: (Int(field) + 1) * 8
        }
    }
}

/// Big-endian numbers out of bytes whose length was checked just before.
extension Span<UInt8> {
    fileprivate subscript(byte offset: Int) -> UInt8? {
        offset < count ? self[offset] : nil
    }

    fileprivate func word(at offset: Int) -> UInt16 {
        UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
    }

    fileprivate func doubleWord(at offset: Int) -> UInt32 {
        UInt32(word(at: offset)) << 16 | UInt32(word(at: offset + 2))
    }

    fileprivate func quadWord(at offset: Int) -> UInt64 {
        UInt64(doubleWord(at: offset)) << 32 | UInt64(doubleWord(at: offset + 4))
    }
}
