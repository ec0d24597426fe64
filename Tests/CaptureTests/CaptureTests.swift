import Capture
import KnockCore
import PacketForge
import Testing

/// Captures are read whoever wrote them, and give the IP packets that were in their frames.
@Suite struct CaptureTests {
    // MARK: - Formats

    @Test(arguments: [ForgedCapture.Resolution.microseconds, .nanoseconds], ForgedCapture.Order.allCases)
    func `pcap and pcapng are read in either byte order, to the last digit of their time`(
        resolution: ForgedCapture.Resolution, order: ForgedCapture.Order
    ) throws {
        for format in [ForgedCapture.Format.pcap(resolution, order), .pcapng(resolution, order)] {
            var capture = ForgedCapture(format, over: .raw)
            capture.append(knock4, at: 1_700_000_000_123_456_789)
            capture.append(knock6, at: 1_700_000_000_999_999_999)
            let read = try contents(of: capture)
            let unit: Int64 = resolution == .nanoseconds ? 1 : 1000
            #expect(
                read.map(\.packet.nanoseconds)
                    == [1_700_000_000_123_456_789, 1_700_000_000_999_999_999].map { $0 / unit * unit })
            #expect(read.map(\.bytes) == [knock4, knock6])
            #expect(read.map(\.packet.number) == [1, 2])
        }
    }

    @Test func `a capture without packets is read to its end`() throws {
        #expect(try contents(of: ForgedCapture(.pcap(.microseconds, .little), over: .raw)).isEmpty)
        #expect(try contents(of: ForgedCapture(.pcapng(.microseconds, .little), over: .raw)).isEmpty)
    }

    @Test func `a pcap file's seconds go on after 2038`() throws {
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        capture.append(knock4, at: 4_000_000_000_000_000_001)
        #expect(try contents(of: capture).first?.packet.nanoseconds == 4_000_000_000_000_000_001)
    }

    @Test(
        arguments: [
            (.microseconds, Array(repeating: 0xFF, count: 8)),  // 584,542 years.
            (.nanoseconds, [0, 0, 0, 0x80, 0, 0, 0, 0]),  // One nanosecond too many.
        ] as [(ForgedCapture.Resolution, [UInt8])])
    func `a time beyond all bounds is the last one there is`(resolution: ForgedCapture.Resolution, time: [UInt8]) throws
    {
        var capture = ForgedCapture(.pcapng(resolution, .little), over: .raw)
        let start = capture.bytes.count + 12  // Behind the block's type and length, and the interface.
        capture.append(knock4, at: 0)
        var bytes = capture.bytes
        bytes.replaceSubrange(start..<start + 8, with: time)
        #expect(try contents(of: bytes).first?.packet.nanoseconds == .max)
    }

    // MARK: - Links

    static let links: [ForgedLink] = [
        .ethernet(tags: []), .ethernet(tags: [0x8100]), .ethernet(tags: [0x88A8, 0x8100]),
        .ethernet(tags: [0x9100, 0x9100, 0x8100]), .ethernet(tags: [0x88A8, 0x8100, 0x8100, 0x9100]),
        .cooked, .cookedVersion2, .null(.little), .null(.big), .loop, .raw,
    ]

    @Test(arguments: links)
    func `every link's header is taken off, and its length off the packet's`(link: ForgedLink) throws {
        for packet in [knock4, knock6] {
            var capture = ForgedCapture(.pcap(.microseconds, .little), over: link)
            capture.append(packet, at: 0)
            let read = try #require(try contents(of: capture).first)
            #expect(read.bytes == packet)
            #expect(read.packet.wireLength == packet.count)
        }
    }

    @Test(arguments: links)
    func `a frame cut anywhere gives what is left of its packet, and the packet's whole length`(link: ForgedLink) throws
    {
        for packet in [knock4, knock6] {
            let header = link.header(isIPv6: packet == knock6).count
            var capture = ForgedCapture(.pcap(.microseconds, .little), over: link)
            for kept in 0..<(header + packet.count) { capture.append(packet, at: 0, kept: kept) }
            for (kept, read) in try contents(of: capture).enumerated() {
                #expect(read.bytes == Array(packet.prefix(max(0, kept - header))), "\(kept) bytes kept")
                if kept > header { #expect(read.packet.wireLength == packet.count) }
            }
        }
    }

    @Test(arguments: [ForgedLink.ipv4, .ipv6])
    func `a link for one IP version has no packets of the other`(link: ForgedLink) throws {
        var capture = ForgedCapture(.pcap(.microseconds, .little), over: link)
        capture.append(knock4, at: 0)
        capture.append(knock6, at: 0)
        #expect(try contents(of: capture).map(\.bytes) == (link == .ipv4 ? [knock4, []] : [[], knock6]))
    }

    @Test(arguments: links.filter { $0 != .raw })
    func `a frame that says the wrong IP version holds none`(link: ForgedLink) throws {
        var capture = ForgedCapture(.pcap(.microseconds, .little), over: link)
        capture.append(frame: link.header(isIPv6: true) + knock4, at: 0)
        capture.append(frame: link.header(isIPv6: false) + knock6, at: 0)
        #expect(try contents(of: capture).map(\.bytes) == [[], []])
    }

    @Test(arguments: [[0x8100, 0x8100, 0x8100, 0x8100, 0x8100], [0x0806], [0x0042], [0x8137]] as [[UInt16]])
    func `an Ethernet frame of another kind, or with more than four tags, holds no IP`(types: [UInt16]) throws {
        var capture = ForgedCapture(.pcap(.microseconds, .little), over: .ethernet(tags: types))
        capture.append(knock4, at: 0)
        #expect(try contents(of: capture).map(\.bytes) == [[]])
    }

    @Test func `a loopback frame of another family holds no IP`() throws {
        for family in [[7, 0, 0, 0], [0, 0, 0, 0], [2, 0, 0, 2], [0, 2, 0, 0], [0, 0, 0, 29]] as [[UInt8]] {
            var capture = ForgedCapture(.pcap(.microseconds, .little), over: .null(.little))
            capture.append(frame: family + knock4, at: 0)
            #expect(try contents(of: capture).map(\.bytes) == [[]], "\(family)")
        }
    }

    @Test(arguments: [10, 23, 24, 28, 30] as [UInt8])
    func `every system's number for IPv6 is known on loopback`(family: UInt8) throws {
        for header in [[family, 0, 0, 0], [0, 0, 0, family]] {
            var capture = ForgedCapture(.pcap(.microseconds, .little), over: .null(.little))
            capture.append(frame: header + knock6, at: 0)
            #expect(try contents(of: capture).map(\.bytes) == [knock6])
        }
    }
}

let knock4 = Forged.ipv4(from: "198.51.100.7", to: "203.0.113.5", .tcp(from: 40000, to: 3333)).bytes
let knock6 = Forged.ipv6(from: "2001:db8::7", to: "2001:db8::5", .udp(from: 40000, to: 2222, data: [1, 2, 3])).bytes

struct ReadPacket {
    let packet: CapturedPacket
    let bytes: [UInt8]
}

func contents(of capture: ForgedCapture) throws -> [ReadPacket] { try contents(of: capture.bytes) }

func contents(of bytes: [UInt8]) throws -> [ReadPacket] {
    try TemporaryFile.with(bytes) { path in
        var capture = try Capture(path: path)
        var read: [ReadPacket] = []
        while try capture.next({ packet, bytes in
            read.append(ReadPacket(packet: packet, bytes: bytes.indices.map { bytes[$0] }))
        }) {}
        return read
    }
}
