import KnockCore
import PacketForge
import Testing

/// R1: what is read of a packet, and which bytes are malformed.
@Suite struct PacketParsingTests {
    // MARK: - Good packets

    @Test(arguments: GoodPacket.all)
    func `a good packet gives its addresses, protocol and ports`(good: GoodPacket) throws {
        let packet = try #require(parsed(good.bytes))
        #expect(packet.source == good.source)
        #expect(packet.destination == good.destination)
        #expect(packet.content == good.content)
    }

    @Test(arguments: GoodPacket.all)
    func `a good packet cut short anywhere is malformed`(good: GoodPacket) {
        for length in good.bytes.indices {
            #expect(parsed(Array(good.bytes.prefix(length))) == nil, "\(length) bytes")
        }
    }

    @Test(arguments: GoodPacket.all)
    func `a capture that copied the headers is enough to read a packet`(good: GoodPacket) {
        let longer = good.lengthened(by: 64)
        for copied in longer.indices {
            let packet = parsed(Array(longer.prefix(copied)), wireLength: longer.count)
            #expect((packet != nil) == (copied >= good.headersEnd), "\(copied) bytes of \(longer.count)")
        }
    }

    @Test(arguments: GoodPacket.all)
    func `bytes behind the packet's end are padding`(good: GoodPacket) {
        #expect(parsed(good.bytes + Array(repeating: 0, count: 30))?.content == good.content)
    }

    @Test(arguments: GoodPacket.all)
    func `any bit can be wrong without harm`(good: GoodPacket) {
        for bit in 0..<good.bytes.count * 8 {
            var bytes = good.bytes
            bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            for wireLength in [bytes.count, bytes.count - 1, 0, .max] {
                guard let packet = parsed(bytes, wireLength: wireLength), wireLength == bytes.count else { continue }
                #expect(packet.source.family == (bytes[0] >> 4 == 4 ? .ipv4 : .ipv6))
            }
        }
    }

    @Test func `random bytes never stop the reader`() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            if !bytes.isEmpty { bytes[0] = random.pick([0x45, 0x46, 0x4F, 0x60, bytes[0]]) }
            if bytes.count > 6 { bytes[6] = random.pick([0, 43, 44, 51, 60, bytes[6]]) }
            let packet = parsed(bytes, wireLength: Int.random(in: 0...200, using: &random))
            #expect(packet == nil || bytes.count >= 20)
        }
    }

    // MARK: - Versions and lengths

    @Test(arguments: (0...15).filter { $0 != 4 && $0 != 6 })
    func `only versions 4 and 6 are read`(version: UInt8) {
        #expect(parsed(tcp4.with(byte: 0, version << 4 | 5)) == nil)
    }

    @Test func `no bytes at all are malformed`() {
        #expect(parsed([]) == nil)
        #expect(parsed([], wireLength: 60) == nil)
    }

    @Test(arguments: 0...4 as ClosedRange<UInt8>)
    func `an IPv4 header has at least five words`(words: UInt8) {
        #expect(parsed(tcp4.with(byte: 0, 0x40 | words)) == nil)
        #expect(parsed(icmp4.with(byte: 0, 0x40 | words)) == nil)
    }

    @Test func `an IPv4 header longer than its packet is malformed`() {
        #expect(parsed(udp4.with(byte: 0, 0x48)) == nil)  // 32 bytes in a packet of 28.
        #expect(parsed(udp4.with(byte: 0, 0x48) + Array(repeating: 0, count: 30)) == nil)
        #expect(parsed(icmp4.with(byte: 0, 0x48) + Array(repeating: 0, count: 30)) == nil)
    }

    @Test func `an IPv4 packet that says it is longer than it was is malformed`() {
        #expect(parsed(tcp4.with(word: 2, 40)) != nil)
        #expect(parsed(tcp4.with(word: 2, 41)) == nil)
        #expect(parsed(tcp4.with(word: 2, 0xFFFF)) == nil)
        #expect(parsed(tcp4, wireLength: 39) == nil)
    }

    @Test func `an IPv4 packet that says it ends inside its headers is malformed`() {
        #expect(parsed(tcp4.with(word: 2, 39)) == nil)
        #expect(parsed(tcp4.with(word: 2, 19)) == nil)
        #expect(parsed(tcp4.with(word: 2, 0)) == nil)
        #expect(parsed(udp4.with(word: 2, 27)) == nil)
    }

    @Test func `an IPv6 packet that says it is longer than it was is malformed`() {
        #expect(parsed(tcp6.with(word: 4, 20)) != nil)
        #expect(parsed(tcp6.with(word: 4, 21)) == nil)
        #expect(parsed(tcp6, wireLength: 59) == nil)
    }

    @Test func `an IPv6 packet that says it ends inside its headers is malformed`() {
        #expect(parsed(tcp6.with(word: 4, 19)) == nil)
        // A jumbogram (RFC 2675) would say so, too: nobody knocks with one.
        #expect(parsed(tcp6.with(word: 4, 0)) == nil)
    }

    // MARK: - TCP and UDP

    @Test(arguments: 0...4 as ClosedRange<UInt8>)
    func `a TCP header has at least five words`(words: UInt8) {
        #expect(parsed(tcp4.with(byte: 32, words << 4)) == nil)
    }

    @Test func `a TCP header longer than its packet is malformed`() {
        #expect(parsed(tcp4.with(byte: 32, 6 << 4)) == nil)
        #expect(parsed(tcp6.with(byte: 52, 15 << 4)) == nil)
    }

    @Test(arguments: 0...255 as ClosedRange<UInt8>)
    func `every combination of TCP flags is read as it stands`(flags: UInt8) {
        let content = parsed(tcp4.with(byte: 33, flags))?.content
        #expect(content == .tcp(source: 40000, destination: 3333, flags: TCPFlags(rawValue: flags)))
    }

    @Test(arguments: [0, 7, 9, 0xFFFF] as [UInt16])
    func `a UDP length that doesn't fit is malformed`(length: UInt16) {
        #expect(parsed(udp4.with(word: 24, length)) == nil)
    }

    @Test func `a UDP length within its packet is fine`() {
        let bytes = Forged.ipv4(from: visitor, to: host, .udp(from: 1, to: 2222, data: [1, 2, 3])).bytes
        #expect(parsed(bytes.with(word: 24, 8)) != nil)  // Bytes behind the datagram are no one's (RFC 768).
        #expect(parsed(bytes.with(word: 24, 11)) != nil)
        #expect(parsed(bytes.with(word: 24, 12)) == nil)
    }
}
