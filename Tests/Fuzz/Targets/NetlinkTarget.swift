import KnockCore
import Netfilter

extension FuzzTarget {
    /// The kernel's messages, and the packets in them.
    static let netlink = FuzzTarget(
        "netlink", longest: 250, of: ["Sources/Netfilter/QueuedPacket.swift"]
    ) { bytes throws(BrokenPromise) in
        switch QueueMessage(reading: bytes.span) {
        case .unreadable: return .refused
        case .acknowledgement: return .understood
        case .packet(let packet):
            let payload = packet.payload ?? 0..<0
            try promise(payload.lowerBound >= 0 && payload.upperBound <= bytes.count, "a payload beyond its message")
            // As the daemon reads on.
            _ = Packet(parsing: bytes.span.extracting(payload), wireLength: packet.length)

            let message = message(packet, Array(bytes[payload]))
            guard case .packet(let again) = QueueMessage(reading: message.span) else {
                throw BrokenPromise("written as a message, \(packet) can't be read")
            }
            try promise(
                (again.id, again.mark, again.length) == (packet.id, packet.mark, packet.length)
                    && message[again.payload ?? 0..<0] == bytes[payload],
                "written as a message, \(packet) is \(again)")
            return .understood
        }
    }

    /// The message that the kernel would send: nfnetlink_queue.h.
    private static func message(_ packet: QueuedPacket, _ payload: [UInt8]) -> [UInt8] {
        var attributes = attribute(1, packet.id.inNetworkOrder + [0x08, 0x00, 1])
        attributes += attribute(3, packet.mark.inNetworkOrder)
        if packet.payload != nil { attributes += attribute(10, payload) }
        attributes += attribute(13, UInt32(truncatingIfNeeded: packet.length).inNetworkOrder)
        let header = UInt32(20 + attributes.count).native + (UInt16(3) << 8).native + Array(repeating: 0, count: 10)
        return header + [2, 0, 0x12, 0x8B] + attributes
    }

    private static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        let padding = Array(repeating: UInt8(0), count: (4 - value.count % 4) % 4)
        return UInt16(4 + value.count).native + type.native + value + padding
    }
}

extension FixedWidthInteger {
    fileprivate var native: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: littleEndian >> (8 * $0)) }
    }

    fileprivate var inNetworkOrder: [UInt8] { Array(native.reversed()) }
}
