import KnockCore
import PacketForge
import Testing

/// R1 where a packet's headers go on: fragments, and IPv6's chain of extension headers.
@Suite struct PacketParsingChainTests {
    // MARK: - Fragments

    @Test(arguments: [1, 2, 0x1000, 0x1FFF, 0x2001, 0x3FFF, 0x8001] as [UInt16])
    func `an IPv4 fragment that isn't the first is malformed`(fragment: UInt16) {
        #expect(parsed(tcp4.with(word: 6, fragment)) == nil)
        #expect(parsed(icmp4.with(word: 6, fragment)) == nil)
    }

    @Test(arguments: [0, 0x2000, 0x4000, 0x6000, 0x8000] as [UInt16])
    func `the flags beside the IPv4 fragment offset don't matter`(flags: UInt16) {
        #expect(parsed(tcp4.with(word: 6, flags))?.destinationPort == .tcp(3333))
    }

    @Test(arguments: [1, 2, 0x1FFF] as [UInt16], [false, true])
    func `an IPv6 fragment that isn't the first is malformed`(offset: UInt16, more: Bool) {
        for payload in [Forged.Payload.udp(from: 1, to: 2222), .raw(protocol: 58, [128, 0, 0, 0])] {
            let fragment = Forged.ipv6(
                from: visitor6, to: host6, payload, extensions: [.fragment(offset: offset, more: more)])
            #expect(parsed(fragment.bytes) == nil)
        }
    }

    @Test func `a whole UDP packet has to hold its length, a first fragment needn't`() {
        let long4 = udp4.with(word: 24, 1000)
        #expect(parsed(long4) == nil)
        #expect(parsed(long4.with(word: 6, 0x4000)) == nil)
        #expect(parsed(long4.with(word: 6, 0x2000))?.destinationPort == .udp(2222))

        let udp = Forged.Payload.udp(from: 1, to: 2222)
        let whole = Forged.ipv6(from: visitor6, to: host6, udp, extensions: [.fragment(offset: 0, more: false)])
        let first = Forged.ipv6(from: visitor6, to: host6, udp, extensions: [.fragment(offset: 0, more: true)])
        #expect(parsed(whole.bytes.with(word: 52, 1000)) == nil)
        #expect(parsed(first.bytes.with(word: 52, 1000))?.destinationPort == .udp(2222))
    }

    @Test func `a first fragment that ends inside its UDP header is malformed`() {
        #expect(parsed(udp4.with(word: 6, 0x2000).with(word: 2, 28)) != nil)
        #expect(parsed(udp4.with(word: 6, 0x2000).with(word: 2, 27)) == nil)
    }

    @Test func `a first IPv4 fragment too small for its ports is malformed`() {
        // A tiny fragment hides the flags from a filter (RFC 1858).
        let tiny = Forged.ipv4(from: visitor, to: host, .raw(protocol: 6, Array(tcp4[20..<28])), fragment: 0x2000)
        #expect(parsed(tiny.bytes) == nil)
    }

    // MARK: - IPv6 extension headers

    @Test(arguments: 0...12)
    func `at most eight extension headers are followed`(count: Int) {
        let chain = Array(repeating: Forged.Extension.destinationOptions, count: count)
        let bytes = Forged.ipv6(from: visitor6, to: host6, .udp(from: 1, to: 2222), extensions: chain).bytes
        #expect(parsed(bytes)?.destinationPort == (count <= 8 ? .udp(2222) : nil))
    }

    @Test(arguments: [0, 43, 51, 60, 135, 139, 140] as [UInt8])
    func `an extension header that says it is longer than the packet is malformed`(number: UInt8) {
        let header = Forged.Extension(number: number, rest: [200, 0, 0, 0, 0, 0, 0])
        let bytes = Forged.ipv6(from: visitor6, to: host6, .udp(from: 1, to: 2222), extensions: [header]).bytes
        #expect(parsed(bytes) == nil)
        #expect(parsed(bytes, wireLength: 4000) == nil)
    }

    @Test func `an extension header can't reach into the padding`() {
        let header = Forged.Extension(number: 60, rest: [1, 0, 0, 0, 0, 0, 0])
        let bytes = Forged.ipv6(from: visitor6, to: host6, .raw(protocol: 58, []), extensions: [header]).bytes
        #expect(parsed(bytes + Array(repeating: 0, count: 30)) == nil)
    }

    @Test func `the authentication header counts its length in words`() {
        // RFC 4302: 4-byte words less two; 4 says 24 bytes, where another header would say 40.
        let authentication = Forged.Extension(number: 51, rest: [4] + Array(repeating: 0, count: 22))
        let bytes = Forged.ipv6(
            from: visitor6, to: host6, .udp(from: 1, to: 2222), extensions: [authentication, .hopByHop]
        ).bytes
        #expect(parsed(bytes)?.destinationPort == .udp(2222))
    }

    @Test(arguments: [50, 59, 58, 1, 47, 132, 253, 254] as [UInt8])
    func `what is neither TCP nor UDP is another protocol, also behind extension headers`(number: UInt8) {
        let bytes = Forged.ipv6(from: visitor6, to: host6, .raw(protocol: number, []), extensions: [.hopByHop]).bytes
        #expect(parsed(bytes)?.content == .other(number))
        #expect(parsed(bytes)?.destinationPort == nil)
    }

    @Test(arguments: [0, 1, 2, 41, 43, 44, 47, 50, 51, 58, 60, 132, 255] as [UInt8])
    func `IPv4 knows no extension headers`(number: UInt8) {
        let bytes = Forged.ipv4(from: visitor, to: host, .raw(protocol: number, [17, 0, 0, 0, 0, 0, 0, 0])).bytes
        #expect(parsed(bytes)?.content == .other(number))
    }
}
