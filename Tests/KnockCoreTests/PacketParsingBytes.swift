import KnockCore
import PacketForge

/// The bytes that the tests of R1 begin with, and how they are bent.
let visitor: Address = "198.51.100.7"
let host: Address = "203.0.113.5"
let visitor6: Address = "2001:db8::7"
let host6: Address = "2001:db8::5"

let tcp4 = Forged.ipv4(from: visitor, to: host, .tcp(from: 40000, to: 3333)).bytes
let udp4 = Forged.ipv4(from: visitor, to: host, .udp(from: 40000, to: 2222)).bytes
let icmp4 = Forged.ipv4(from: visitor, to: host, .raw(protocol: 1, [8, 0, 0, 0, 0, 1, 0, 1])).bytes
let tcp6 = Forged.ipv6(from: visitor6, to: host6, .tcp(from: 40000, to: 3333)).bytes

func parsed(_ bytes: [UInt8], wireLength: Int? = nil) -> Packet? {
    Packet(parsing: bytes.span, wireLength: wireLength ?? bytes.count)
}

extension [UInt8] {
    func with(byte offset: Int, _ value: UInt8) -> [UInt8] {
        var changed = self
        changed[offset] = value
        return changed
    }

    func with(word offset: Int, _ value: UInt16) -> [UInt8] {
        var changed = self
        changed.replaceSubrange(offset..<offset + 2, with: value.bigEndianBytes)
        return changed
    }
}
