import KnockConfig
import KnockCore
import Testing

@Suite struct GateReaderTests {
    @Test(arguments: [
        ("queue", 0, 65535), ("queue_length", 1, 65536), ("ipv6_source_prefix", 1, 128), ("visits", 1, 16_777_216),
        ("leases", 1, 1_048_576),
    ])
    func `a number has its bounds, and both belong to it`(key: String, least: Int, most: Int) throws {
        #expect(told(of: "[gate]\n\(key) = \(least)") == [])
        #expect(told(of: "[gate]\n\(key) = \(most)") == [])
        for wrong in ["\(least - 1)", "\(most + 1)", "+\(most)", "1 2", "0x10", "1.0", "٣", "99999999999999999999"] {
            #expect(
                told(of: "[gate]\n\(key) = \(wrong)") == [
                    "k.conf:2:\(key.count + 4): \(key) is \(least) to \(most), not \"\(wrong)\""
                ])
        }
    }

    @Test func `each key sets what it names`() throws {
        let read = try configuration(
            """
            [gate]
            queue = 1
            queue_length = 2
            mark = 4
            otherwise = accept
            closed = next
            ignore = 5/udp,6
            allow_from = 10.0.0.0/8, ::1
            ipv6_source_prefix = 64
            visits = 7
            leases = 8
            """)
        #expect((read.queue, read.queueLength, read.mark) == (1, 2, 4))
        #expect((read.rules.otherwise, read.rules.closed) == (.accept, .next))
        #expect(read.rules.ignore == [.udp(5), .tcp(6)])
        #expect(read.rules.allowFrom == [Network("10.0.0.0/8"), Network("::1")].compactMap(\.self))
        #expect(read.rules.ipv6SourcePrefix == 64)
        #expect((read.rules.visitCapacity, read.rules.leaseCapacity) == (7, 8))
    }

    @Test(arguments: [("1", 1), ("0x80000000", 0x8000_0000), ("0X10", 0x10), ("4096", 0x1000), ("2147483648", 1 << 31)])
    func `the mark is one bit, in decimal or hexadecimal`(text: String, mark: UInt32) throws {
        #expect(try configuration("[gate]\nmark = \(text)").mark == mark)
    }

    @Test(arguments: ["0", "3", "0x3000", "0x", "0x100000000", "-1", "+1", "0x+1", "1000h", "0x1000/0x1000", "one"])
    func `any other mark is refused`(text: String) {
        #expect(
            told(of: "[gate]\nmark = \(text)") == ["k.conf:2:8: mark is a single bit such as 0x1000, not \"\(text)\""])
    }

    @Test(arguments: [("next", Verdict.next), ("drop", .drop), ("accept", .accept), ("NEXT", .next)])
    func `otherwise is any verdict`(text: String, verdict: Verdict) throws {
        #expect(try configuration("[gate]\notherwise = \(text)").rules.otherwise == verdict)
    }

    @Test func `closed can't be accept`() throws {
        #expect(try configuration("[gate]\nclosed = Next").rules.closed == .next)
        #expect(try configuration("[gate]\nclosed = drop").rules.closed == .drop)
        #expect(told(of: "[gate]\nclosed = accept") == ["k.conf:2:10: closed is drop or next, not \"accept\""])
        #expect(
            told(of: "[gate]\notherwise = reject") == [
                "k.conf:2:13: otherwise is next or drop or accept, not \"reject\""
            ])
    }

    @Test func `lists are kept apart by blanks, by commas, or by both`() throws {
        let read = try configuration("[gate]\nignore = 1,2/udp ,\t3 , 4:TCP,\n")
        #expect(read.rules.ignore == [.tcp(1), .udp(2), .tcp(3), .tcp(4)])
        #expect(told(of: "[gate]\nignore = , ,") == ["k.conf:2:10: ignore names no ports"])
        #expect(told(of: "[gate]\nallow_from = ,") == ["k.conf:2:14: allow_from names no networks"])
    }

    @Test(arguments: [("ignore", "1", "ports"), ("allow_from", "::1", "networks")])
    func `a list has at most 1024 words, and the first one beyond is told`(key: String, word: String, holds: String) {
        let words = String(repeating: "\(word) ", count: 1024)
        #expect(!told(of: "[gate]\n\(key) = \(words)").contains { $0.contains("at most") })
        let column = key.count + 4 + words.count
        #expect(
            told(of: "[gate]\n\(key) = \(words)x x").filter { !$0.contains("twice") } == [
                "k.conf:2:\(column): \(key) names at most 1024 \(holds)"
            ])
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0/8", "::/129", "localhost", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0"])
    func `what is no network is refused`(text: String) {
        #expect(
            told(of: "[gate]\nallow_from = 10.0.0.1 \(text)") == [
                "k.conf:2:23: a network is written 192.168.1.0/24 or 2001:db8::/32, not \"\(text)\""
            ])
    }

    @Test func `bits beyond a network's prefix are dropped, with a warning`() throws {
        let text = "[gate]\nallow_from = 192.168.1.7/24 10.0.0.1/32 10.0.0.2 2001:db8::1/32\n"
        #expect(
            told(of: text) == [
                "k.conf:2:14: warning: this is read as 192.168.1.0/24",
                "k.conf:2:50: warning: this is read as 2001:db8::/32",
            ])
        #expect(
            try configuration(text).rules.allowFrom.map(\.description) == [
                "192.168.1.0/24", "10.0.0.1", "10.0.0.2", "2001:db8::/32",
            ])
    }

    @Test(arguments: ["0.0.0.0/0", "::/0"])
    func `admitting everyone is warned of`(text: String) throws {
        #expect(
            told(of: "[gate]\nallow_from = \(text)") == [
                "k.conf:2:14: warning: this admits everyone at every door, without a knock"
            ])
        #expect(try configuration("[gate]\nallow_from = \(text)").rules.allowFrom.count == 1)
    }

    @Test func `what stands twice in a list counts once, and is warned of`() throws {
        let text = "[gate]\nignore = 1 2 1/tcp 1/udp\nallow_from = ::1 ::1/128\n"
        #expect(
            told(of: text) == [
                "k.conf:2:14: warning: this stands here twice", "k.conf:3:18: warning: this stands here twice",
            ]
        )
        #expect(try configuration(text).rules.allowFrom.count == 1)
    }
}
