import Capture
import KnockCore

/// A packet of a capture, as far as it can be read.
struct ReplayPacket: Equatable {
    /// Its place in the capture, from 1.
    let number: Int
    let time: Instant
    /// Nil when it is malformed (R1).
    let parsed: Packet?
    /// Nil when not even these could be read.
    let addresses: PacketAddresses?

    /// - Parameter bytes: the packet from its IP header on.
    init(_ captured: CapturedPacket, _ bytes: Span<UInt8>) {
        number = captured.number
        time = Instant(nanoseconds: captured.nanoseconds)
        parsed = Packet(parsing: bytes, wireLength: captured.wireLength)
        addresses = parsed.map(PacketAddresses.init) ?? PacketAddresses(in: bytes)
    }
}

/// Where a packet comes from and where it goes, which many a malformed one tells as well.
struct PacketAddresses: Equatable {
    let source: Address
    let destination: Address

    init(_ packet: Packet) {
        (source, destination) = (packet.source, packet.destination)
    }

    /// Reads them from an IPv4 header of 20 bytes, or an IPv6 header of 40, whatever else it says.
    init?(in bytes: Span<UInt8>) {
        switch bytes.isEmpty ? 0 : bytes[0] >> 4 {
        case 4 where bytes.count >= 20:
            source = Address(ipv4: UInt32(bytes.number(at: 12, length: 4)))
            destination = Address(ipv4: UInt32(bytes.number(at: 16, length: 4)))
        case 6 where bytes.count >= 40:
            source = Address(ipv6: bytes.number(at: 8, length: 8), bytes.number(at: 16, length: 8))
            destination = Address(ipv6: bytes.number(at: 24, length: 8), bytes.number(at: 32, length: 8))
        default: return nil
        }
    }
}

extension Span<UInt8> {
    /// The big-endian number in up to 8 bytes, which the caller knows to be there.
    fileprivate func number(at offset: Int, length: Int) -> UInt64 {
        (offset..<offset + length).reduce(0) { $0 << 8 | UInt64(self[$1]) }
    }
}
