import KnockCore
import PacketForge

extension FuzzTarget {
    /// R1: the reader of packets, against a second one.
    static let packet = FuzzTarget(
        "packet", longest: 160, of: ["Sources/KnockCore/Packets/PacketParsing.swift"]
    ) { bytes throws(BrokenPromise) in
        // Whole, or the beginning of a packet that the kernel has cut.
        for wireLength in [bytes.count, bytes.count + 7, 65_575] {
            let (read, plain) = (
                parsed(bytes, wireLength: wireLength), PlainHeaders.read(bytes, wireLength: wireLength)
            )
            try promise(
                read == plain, "of \(wireLength) bytes: \(String(describing: read)), not \(String(describing: plain))")
            guard let read else { continue }
            try promise(parsed(Forged(read).bytes) == read, "written out, \(read) is another packet")
        }
        return parsed(bytes) == nil ? .refused : .understood
    }

    static func parsed(_ bytes: [UInt8], wireLength: Int? = nil) -> Packet? {
        Packet(parsing: bytes.span, wireLength: wireLength ?? bytes.count)
    }
}
