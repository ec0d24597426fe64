import KnockCore
import PacketForge

extension FuzzTarget {
    /// R1: the reader of packets.
    static let packet = FuzzTarget(
        "packet", longest: 160, of: ["Sources/KnockCore/Packets/PacketParsing.swift"]
    ) { bytes throws(BrokenPromise) in
        let read = parsed(bytes)
        // The kernel hands over the beginning of a longer packet.
        let cut = parsed(bytes, wireLength: bytes.count + 65_535)
        try promise(read == nil || read == cut, "a packet that is whole is another when it's said to be cut")
        guard let packet = cut else { return .refused }

        try promise(
            parsed(bytes + [0, 0, 0, 0], wireLength: bytes.count + 65_535) == packet, "padding changes a packet")
        try promise(
            parsed(bytes, wireLength: 20) == nil || packet.destinationPort == nil,
            "there are ports in 20 bytes")
        try promise(parsed(Forged(packet).bytes) == packet, "written out, \(packet) is another packet")
        return read == nil ? .refused : .understood
    }

    static func parsed(_ bytes: [UInt8], wireLength: Int? = nil) -> Packet? {
        Packet(parsing: bytes.span, wireLength: wireLength ?? bytes.count)
    }
}
