import KnockCore

/// R1 read a second time, from the RFCs and as plainly as can be: what stands in an IP packet as far as its ports.
struct PlainHeaders {
    /// The whole packet as it says itself, of which the end may not have been copied.
    private let bytes: [UInt8]
    private let length: Int

    /// Nil for what is malformed.
    static func read(_ bytes: [UInt8], wireLength: Int) -> Packet? {
        guard let first = bytes.first else { return nil }
        switch first / 16 {
        case 4: return readIPv4(bytes, wireLength)
        case 6: return readIPv6(bytes, wireLength)
        default: return nil
        }
    }

    private static func readIPv4(_ bytes: [UInt8], _ wireLength: Int) -> Packet? {
        let headerLength = Int(bytes[0] % 16) * 4
        guard bytes.count >= 20, headerLength >= 20, bytes.count >= headerLength else { return nil }
        let headers = PlainHeaders(bytes: bytes, length: number(bytes, 2))
        let fragment = number(bytes, 6)
        guard headers.length >= headerLength, headers.length <= wireLength, fragment % 0x2000 == 0,
            let content = headers.content(bytes[9], at: headerLength, isFragment: fragment / 0x2000 % 2 == 1)
        else { return nil }
        return Packet(from: address(bytes[12..<16]), to: address(bytes[16..<20]), content)
    }

    private static func readIPv6(_ bytes: [UInt8], _ wireLength: Int) -> Packet? {
        guard bytes.count >= 40 else { return nil }
        let headers = PlainHeaders(bytes: bytes, length: 40 + number(bytes, 4))
        guard headers.length <= wireLength,
            let content = headers.follow(bytes[6], at: 40, followed: 0, isFragment: false)
        else { return nil }
        return Packet(from: address(bytes[8..<24]), to: address(bytes[24..<40]), content)
    }

    /// RFC 8200, section 4; RFC 6564 and, for the authentication header, RFC 4302 say how long a header is.
    private func follow(_ header: UInt8, at start: Int, followed: Int, isFragment: Bool) -> Packet.Content? {
        guard [0, 43, 44, 51, 60, 135, 139, 140].contains(header) else {
            return content(header, at: start, isFragment: isFragment)
        }
        guard followed < 8, holds(8, at: start) else { return nil }
        let size = Int(bytes[start + 1])
        let end = start + (header == 44 ? 8 : header == 51 ? 4 * (size + 2) : 8 * (size + 1))
        let fragment = header == 44 ? PlainHeaders.number(bytes, start + 2) : 0
        guard holds(end - start, at: start), fragment / 8 == 0 else { return nil }
        return follow(bytes[start], at: end, followed: followed + 1, isFragment: isFragment || fragment % 2 == 1)
    }

    private func content(_ transport: UInt8, at start: Int, isFragment: Bool) -> Packet.Content? {
        switch transport {
        case 6:
            guard holds(20, at: start) else { return nil }
            let size = Int(bytes[start + 12] / 16) * 4
            guard size >= 20, start + size <= length else { return nil }
            return .tcp(
                source: port(start), destination: port(start + 2), flags: TCPFlags(rawValue: bytes[start + 13]))
        case 17:
            guard holds(8, at: start) else { return nil }
            let size = PlainHeaders.number(bytes, start + 4)
            // The first fragment of a datagram is shorter than that.
            guard size >= 8, isFragment || start + size <= length else { return nil }
            return .udp(source: port(start), destination: port(start + 2))
        default: return .other(transport)
        }
    }

    /// Whether so many bytes are the packet's, and were copied.
    private func holds(_ count: Int, at start: Int) -> Bool { start + count <= min(length, bytes.count) }

    private func port(_ start: Int) -> UInt16 { UInt16(PlainHeaders.number(bytes, start)) }

    private static func number(_ bytes: [UInt8], _ start: Int) -> Int {
        Int(bytes[start]) * 256 + Int(bytes[start + 1])
    }

    private static func address(_ bytes: ArraySlice<UInt8>) -> Address {
        let (high, low) = (bytes.dropLast(8), bytes.suffix(8))
        let half = { (bytes: ArraySlice<UInt8>) in bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return high.isEmpty ? Address(ipv4: UInt32(half(low))) : Address(ipv6: half(high), half(low))
    }
}
