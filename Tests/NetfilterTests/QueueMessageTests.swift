import Testing

@testable import Netfilter

/// What is read of the kernel's messages, byte by byte.
@Suite struct QueueMessageTests {
    /// An attribute: length, type, value, padding; lengths and types in the machine's order.
    private static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        let padding = Array(repeating: UInt8(0), count: (4 - value.count % 4) % 4)
        return native(UInt16(4 + value.count)) + native(type) + value + padding
    }

    private static func native<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number.littleEndian >> (8 * $0)) }
    }

    private static func message(type: UInt16 = 0x0300, _ attributes: [UInt8]) -> [UInt8] {
        native(UInt32(20 + attributes.count)) + native(type) + native(UInt16(0)) + native(UInt32(0))
            + native(UInt32(0)) + [2, 0, 0x12, 0x8B] + attributes
    }

    private static let header = attribute(1, [0, 0, 0, 7, 0x08, 0x00, 1])  // Packet 7, IPv4, LOCAL_IN.
    private static let mark = attribute(3, [0, 0, 0x10, 0x05])
    private static let payload = attribute(10, [0x45, 1, 2, 3, 4])

    private func read(_ bytes: [UInt8]) -> QueueMessage { QueueMessage(reading: bytes.span) }

    @Test func `a packet with its number, mark and bytes`() {
        let bytes = Self.message(Self.header + Self.mark + Self.payload)
        guard case .packet(let packet) = read(bytes) else {
            Issue.record("not a packet")
            return
        }
        #expect(packet.id == 7)
        #expect(packet.mark == 0x1005)
        #expect(packet.payload.map { Array(bytes[$0]) } == [0x45, 1, 2, 3, 4])
        #expect(packet.length == 5)
    }

    @Test func `a packet that was cut tells how long it was`() {
        let bytes = Self.message(Self.header + Self.payload + Self.attribute(13, [0, 0, 0x40, 0]))
        #expect(read(bytes) == .packet(QueuedPacket(id: 7, mark: 0, payload: 36..<41, length: 0x4000)))
    }

    @Test func `a packet without bytes still has its number, to be dropped by`() {
        #expect(read(Self.message(Self.header)) == .packet(QueuedPacket(id: 7, mark: 0, payload: nil, length: 0)))
    }

    @Test func `attributes of other kinds are passed over`() {
        let bytes = Self.message(Self.attribute(9, [1, 2, 3]) + Self.header + Self.attribute(0x8000 | 11, [0, 0]))
        #expect(read(bytes) == .packet(QueuedPacket(id: 7, mark: 0, payload: nil, length: 0)))
    }

    @Test func `the kernel's answer to a message of ours`() {
        func answer(_ code: Int32) -> [UInt8] {
            Self.native(UInt32(36)) + Self.native(UInt16(2)) + [UInt8](repeating: 0, count: 10)
                + Self.native(UInt32(bitPattern: code)) + [UInt8](repeating: 0, count: 16)
        }
        #expect(read(answer(0)) == .acknowledgement(0))
        #expect(read(answer(-1)) == .acknowledgement(1))
        #expect(read(answer(.min)) == .acknowledgement(.min), "no number makes it trap")
    }

    @Test func `the queue is lost when it is nobody's or another's, and not when a packet has gone`() {
        #expect([19, 1, 22].allSatisfy(PacketQueue.meansLoss), "ENODEV, EPERM, EINVAL")
        #expect(![0, 2, 12, 105].contains(where: PacketQueue.meansLoss), "ENOENT, ENOMEM, ENOBUFS")
    }

    @Test func `no bytes are a trap: every prefix, every flipped bit, every length`() {
        let whole = Self.message(Self.header + Self.mark + Self.payload)
        for length in 0..<whole.count { #expect(read(Array(whole.prefix(length))) == .unreadable) }
        for bit in 0..<whole.count * 8 {
            var bytes = whole
            bytes[bit / 8] ^= 1 << (bit % 8)
            if case .packet(let packet) = read(bytes) {
                #expect(packet.payload.map { $0.upperBound <= bytes.count } ?? true)
            }
        }
    }

    @Test func `an attribute that says it's shorter than its header, or longer than the message, ends the reading`() {
        let short = Self.message(Self.header + Self.native(UInt16(3)) + Self.native(UInt16(10)) + [1, 2, 3, 4])
        #expect(read(short) == .packet(QueuedPacket(id: 7, mark: 0, payload: nil, length: 0)))
        let long = Self.message(Self.header + Self.native(UInt16(60)) + Self.native(UInt16(10)) + [1, 2, 3, 4])
        #expect(read(long) == .packet(QueuedPacket(id: 7, mark: 0, payload: nil, length: 0)))
    }

    @Test func `other messages can't be read, nor can a packet without a number`() {
        #expect(read(Self.message(type: 0x0100, Self.header)) == .unreadable)
        #expect(read(Self.message(Self.payload)) == .unreadable)
        #expect(read(Self.message(Self.attribute(1, [0, 0]))) == .unreadable)
    }
}
