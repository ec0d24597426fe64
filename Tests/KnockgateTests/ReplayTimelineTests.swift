import Capture
import KnockCore
import PacketForge
import Testing

@testable import knockgate

/// What `replay` writes for people, letter by letter.
@Suite struct ReplayTimelineTests {
    let rules: Rules
    let knocks: [Port]

    init() throws {
        rules = try .ssh()
        knocks = rules.doors[0].sequence.knocks
    }

    @Test func `the timeline marks doors that open and close, and sums up`() throws {
        var capture = visitAndLeave
        for (offset, knock) in knocks.enumerated() { capture.append(Packet(to: knock), second: Double(11 + offset)) }
        capture.append([0x45], at: ForgedCapture.start + 60_000_000_000)
        #expect(
            try Replayed(capture.bytes, rules, asJSON: false).whole == """
                2023-11-14 UTC, to 203.0.113.5
                    no  time          from             port       verdict  what it meant
                     1  22:13:20.000  198.51.100.7     2222/udp   next     visit ssh 1/3
                     2  22:13:21.000  198.51.100.7     3333/tcp   next     visit ssh 2/3
                     3  22:13:22.000  198.51.100.7     9/tcp      next     stray ssh 2/3
                     4  22:13:23.000  198.51.100.7     2222/udp   next     visit ssh 1/3
                     5  22:13:24.000  198.51.100.7     3333/tcp   next     visit ssh 2/3
                     6  22:13:25.000  198.51.100.7     4444/udp   next     visit ssh 3/3, closing ssh 1/3
                +       22:13:25.000  198.51.100.7     door ssh open until 22:13:55.000
                     7  22:13:26.000  198.51.100.7     22/tcp     accept   connection ssh 1/2
                     8  22:13:27.000  198.51.100.7     3333/tcp   next     closing ssh 2/3
                     9  22:13:28.000  198.51.100.7     2222/udp   next     visit ssh 1/3, closing ssh 3/3
                -       22:13:28.000  198.51.100.7     door ssh closed by its sequence
                    10  22:13:29.000  198.51.100.7     22/tcp     drop
                    11  22:13:31.000  198.51.100.7     2222/udp   next
                    12  22:13:32.000  198.51.100.7     3333/tcp   next     visit ssh 2/3
                    13  22:13:33.000  198.51.100.7     4444/udp   next     visit ssh 3/3, closing ssh 1/3
                +       22:13:33.000  198.51.100.7     door ssh open until 22:14:03.000
                -       22:14:03.000  198.51.100.7     door ssh closed: its time was up
                    14  22:14:20.000                   malformed  drop

                14 packets: 1 accept, 2 drop (1 malformed), 11 next
                door ssh  opened 2 times

                """)
    }

    @Test func `a new day has a heading of its own, columns grow, and so does the list of destinations`() throws {
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        let long: Address = "2001:db8:1111:2222:3333:4444:5555:6666"
        capture.append(Packet(to: .udp(5353), at: "224.0.0.251"), second: 0)
        capture.append(Packet(to: .tcp(22)), second: 1)
        capture.append(Packet(to: .tcp(22), at: "203.0.113.6"), second: 2)
        capture.append(Packet(from: long, to: "2001:db8::5", .other(58)), second: 7200)
        #expect(
            try Replayed(capture.bytes, rules, asJSON: false).whole == """
                2023-11-14 UTC
                    no  time          from             port       verdict  what it meant
                     1  22:13:20.000  198.51.100.7     5353/udp   next     to 224.0.0.251

                2023-11-14 UTC, to 203.0.113.5
                    no  time          from             port       verdict  what it meant
                     2  22:13:21.000  198.51.100.7     22/tcp     drop
                     3  22:13:22.000  198.51.100.7     22/tcp     drop     to 203.0.113.6

                2023-11-15 UTC, to 203.0.113.5 and 2001:db8::5
                    no  time          from                                    port       verdict  what it meant
                     4  00:13:20.000  2001:db8:1111:2222:3333:4444:5555:6666  proto 58   next

                4 packets: 0 accept, 2 drop, 2 next
                door ssh  opened 0 times

                """)
    }

    @Test func `no row is wider than a terminal of 80 columns, not even one with a long address`() throws {
        var capture = visitAndLeave
        capture.append(
            Packet(from: "2001:db8:1111:2222:3333:4444:5555:6666", to: .udp(2222), at: "2001:db8::5"), second: 12)
        for (offset, knock) in knocks.enumerated() {
            capture.append(Packet(from: "2001:db8::7:1234", to: knock, at: "2001:db8::6"), second: Double(20 + offset))
        }
        let rows = try Replayed(capture.bytes, rules, asJSON: false, terminal: .wide(80)).lines
        #expect(rows.filter { $0.count > 80 } == [])
        let opening = try #require(rows.firstIndex { $0.contains("  6  ") })
        #expect(rows[opening].hasSuffix("  visit ssh 3/3,"))
        #expect(rows[opening + 1].count == 59 + 15 && rows[opening + 1].hasSuffix("   closing ssh 1/3"))
        let pushed = try #require(rows.firstIndex { $0.contains("2001:db8:1111") })
        #expect(rows[pushed].hasSuffix("  next") && rows[pushed + 1].hasSuffix("  visit ssh 1/3"))
    }

    @Test func `doors that are still open at the end are listed with their time, the last of many counted`() throws {
        var capture = ForgedCapture(of: knocks)
        #expect(
            try Replayed(capture.bytes, rules, asJSON: false).whole.hasSuffix(
                "door ssh  opened 1 time, 1 lease live at the end\n  still open for 198.51.100.7 until 2023-11-14 22:13:52.000\n"
            ))
        for number in 0..<30 {
            for knock in knocks {
                capture.append(
                    Packet(from: Address(ipv4: 0x0A00_0001 + UInt32(number)), to: knock), second: 2 + Double(number) / 8
                )
            }
        }
        let end = try Replayed(capture.bytes, rules, asJSON: false).whole.split(separator: "\n").suffix(22)
        #expect(end.first == "door ssh  opened 31 times, 31 leases live at the end")
        #expect(end.dropFirst().first == "  still open for 10.0.0.1 until 2023-11-14 22:13:52.000")
        #expect(end.last == "  and for 11 more")
    }

    @Test func `a lease that ends after the last judged packet is told by the capture's end`() throws {
        var capture = ForgedCapture(of: knocks)
        capture.append(Packet(from: "203.0.113.5", to: .tcp(443), at: "198.51.100.7"), second: 60)
        let rows = try Replayed(capture.bytes, rules, to: ["203.0.113.5"], asJSON: false).lines
        #expect(rows.contains("-       22:13:52.000  198.51.100.7     door ssh closed: its time was up"))
        #expect(rows.contains("4 packets, 3 of them new: 0 accept, 0 drop, 3 next"))
        #expect(rows.last == "door ssh  opened 1 time")
    }

    @Test func `a refusal has its mark`() throws {
        var crowded = rules
        crowded.leaseCapacity = 1
        var capture = ForgedCapture(of: knocks)
        for knock in knocks { capture.append(Packet(from: "198.51.100.8", to: knock), second: 3) }
        let rows = try Replayed(capture.bytes, crowded, asJSON: false).lines
        #expect(rows.contains("!       22:13:23.000  198.51.100.8     door ssh refused: the table of leases is full"))
    }

    @Test func `colours are for terminals, and tell verdicts and doors`() throws {
        let terminal = Terminal(size: .init(columns: 120, rows: 24), environment: ["TERM": "xterm"])
        let plain = try Replayed(visitAndLeave.bytes, rules, asJSON: false).whole
        let coloured = try Replayed(visitAndLeave.bytes, rules, asJSON: false, terminal: terminal).whole
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[32maccept\u{1B}[0m"))
        #expect(coloured.contains("\u{1B}[1;31mdrop\u{1B}[0m"))
        #expect(
            coloured.contains(
                "\u{1B}[32m+       22:13:25.000  198.51.100.7     door ssh open until 22:13:55.000\u{1B}[0m\n"))
        #expect(
            coloured.contains(
                "\u{1B}[1m-       22:13:28.000  198.51.100.7     door ssh closed by its sequence\u{1B}[0m\n"))
        #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
        #expect(try !Replayed(visitAndLeave.bytes, rules, asJSON: true, terminal: terminal).whole.contains("\u{1B}"))
    }

    private var visitAndLeave: ForgedCapture {
        ForgedCapture(of: [
            .udp(2222), .tcp(3333), .tcp(9), .udp(2222), .tcp(3333), .udp(4444), .tcp(22), .tcp(3333), .udp(2222),
            .tcp(22),
        ])
    }
}
