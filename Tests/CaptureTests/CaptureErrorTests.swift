import Capture
import PacketForge
import Testing

/// What can't be read says why, and what came before it is still given.
@Suite struct CaptureErrorTests {
    @Test func `a file that isn't there is named`() {
        #expect(throws: CaptureError.cannotOpen(path: "/no/such/file.pcap", reason: "No such file or directory")) {
            _ = try Capture(path: "/no/such/file.pcap").count
        }
    }

    @Test(arguments: [[], [0xD4], Array("[gate]\nqueue = 1\n".utf8), Array(repeating: 0, count: 100)] as [[UInt8]])
    func `a file of another kind is no capture`(bytes: [UInt8]) throws {
        let error = #expect(throws: CaptureError.self) { try contents(of: bytes) }
        guard case .notACapture = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a directory is no capture`() throws {
        let error = #expect(throws: CaptureError.self) { _ = try Capture(path: "/").count }
        #expect("\(try #require(error))".hasSuffix("Is a directory"))
    }

    @Test(arguments: [
        ForgedCapture.Format.pcap(.microseconds, .little), .pcap(.nanoseconds, .big), .pcapng(.nanoseconds, .little),
    ])
    func `a capture cut off in mid-packet gives the packets before, and says where it ends`(
        format: ForgedCapture.Format
    ) throws {
        var capture = ForgedCapture(format, over: .ethernet(tags: []))
        var whole = [capture.bytes.count]
        for time in 1...3 as ClosedRange<Int64> {
            capture.append(knock4, at: time * 1_000_000_000)
            whole.append(capture.bytes.count)
        }
        for length in whole[0]..<whole[3] {
            let read = try reading(Array(capture.bytes.prefix(length)))
            let packets = whole.filter { $0 <= length }.count - 1
            #expect(read.packets == packets, "\(length) bytes")
            guard !whole.contains(length) else {
                #expect(read.error == nil)
                continue
            }
            guard case .cut(_, packets, length) = read.error else {
                Issue.record("\(length) bytes: \(String(describing: read.error))")
                continue
            }
        }
    }

    @Test func `a capture that makes no sense any more is damaged, and gives the packets before`() throws {
        var capture = ForgedCapture(.pcap(.microseconds, .little), over: .raw)
        capture.append(knock4, at: 0)
        let nonsense = Array(repeating: UInt8(0xFF), count: 300)  // A packet of 4 GiB.
        let read = try reading(capture.bytes + nonsense)
        #expect(read.packets == 1)
        guard case .damaged(_, 1, _) = read.error else {
            Issue.record("\(String(describing: read.error))")
            return
        }
    }

    @Test(arguments: [(105, "IEEE802_11"), (9, "PPP"), (999, "999")] as [(UInt16, String)])
    func `a link we don't understand is named`(number: UInt16, name: String) {
        let capture = ForgedCapture(.pcap(.microseconds, .little), over: .other(number))
        let error = #expect(throws: CaptureError.self) { try contents(of: capture) }
        guard case .unknownLink(_, name) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `errors are told in a sentence`() {
        let cut = CaptureError.cut(path: "a.pcap", packets: 16, length: 1234)
        #expect("\(cut)" == "a.pcap is cut off at byte 1234, in the middle of packet 17; the 16 before it were read")
        let piped = CaptureError.notACapture(path: "-", reason: "unknown file format")
        #expect("\(piped)" == "the standard input is not a pcap or pcapng capture: unknown file format")
    }

    private func reading(_ bytes: [UInt8]) throws -> (packets: Int, error: CaptureError?) {
        try TemporaryFile.with(bytes) { path in
            var capture = try Capture(path: path)
            do throws(CaptureError) {
                while try capture.next({ _, _ in }) {}
                return (capture.count, nil)
            } catch {
                return (capture.count, error)
            }
        }
    }
}
