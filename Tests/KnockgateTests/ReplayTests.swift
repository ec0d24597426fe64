import Capture
import KnockCore
import PacketForge
import Testing

@testable import knockgate

/// What `replay` writes, letter by letter.
@Suite struct ReplayTests {
    static let second: Int64 = 1_000_000_000
    static let start = 1_700_000_000 * second
    let rules: Rules

    init() throws {
        let knocks: [Port] = [.udp(2222), .tcp(3333), .udp(4444)]
        var door = Door(name: "ssh", protects: [.tcp(22)], sequence: try #require(KnockSequence(knocks)))
        door.closeSequence = KnockSequence(knocks.reversed())
        door.connections = 2
        var rules = Rules()
        rules.doors = [door]
        self.rules = rules
    }

    @Test func `JSON has the contract's keys in the contract's order`() throws {
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .ethernet(tags: []))
        capture.append(packet(.udp(from: 40000, to: 2222)), at: ReplayTests.start)
        capture.append(packet(.tcp(from: 40000, to: 22)), at: ReplayTests.start + 123_456_789)
        capture.append(packet(.raw(protocol: 1, [8, 0, 0, 0])), at: ReplayTests.start + 1)
        #expect(
            try replayed(capture, rules, asJSON: true) == """
                {"packet":1,"time":1700000000.000000,"source":"198.51.100.7","destination":"203.0.113.5",\
                "protocol":"udp","port":2222,"verdict":"next","events":["visit ssh 1/3"]}
                {"packet":2,"time":1700000000.123456,"source":"198.51.100.7","destination":"203.0.113.5",\
                "protocol":"tcp","port":22,"verdict":"drop","events":[]}
                {"packet":3,"time":1700000000.000000,"source":"198.51.100.7","destination":"203.0.113.5",\
                "protocol":"other","port":null,"verdict":"next","events":[]}

                """)
    }

    @Test func `a malformed packet has no port, and its addresses where they can be read`() throws {
        let knock = packet(.udp(from: 40000, to: 2222))
        let knock6 = Forged.ipv6(from: "2001:db8::7", to: "2001:db8::5", .udp(from: 40000, to: 2222)).bytes
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        for bytes in [
            Array(knock.prefix(20)), Array(knock.prefix(19)), Array(knock6.prefix(40)), Array(knock6.prefix(39)), [],
        ] {
            capture.append(bytes, at: 0)
        }
        let lines = try replayed(capture, rules, asJSON: true).split(separator: "\n")
        let addresses = [
            #""source":"198.51.100.7","destination":"203.0.113.5""#, #""source":null,"destination":null"#,
            #""source":"2001:db8::7","destination":"2001:db8::5""#, #""source":null,"destination":null"#,
            #""source":null,"destination":null"#,
        ]
        #expect(
            lines.map(String.init)
                == addresses.enumerated().map { number, addresses in
                    #"{"packet":\#(number + 1),"time":0.000000,\#(addresses),"protocol":"malformed","port":null,"#
                        + #""verdict":"drop","events":[]}"#
                })
    }

    @Test func `a packet that was cut by the snap length is read as far as its headers go`() throws {
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .ethernet(tags: []), snapLength: 60)
        let long = packet(.udp(from: 40000, to: 2222, data: Array(repeating: 0, count: 500)))
        capture.append(long, at: ReplayTests.start, kept: 60)
        #expect(try replayed(capture, rules, asJSON: true).hasSuffix(#""events":["visit ssh 1/3"]}"# + "\n"))
    }

    @Test func `a time before 1970 has its sign in JSON, and its date in the timeline`() {
        let answer = ReplayGate.Answer(
            number: 1, time: Instant(nanoseconds: -1_500_000_000), packet: nil, addresses: nil, verdict: .drop,
            events: [],
            ended: [])
        #expect(ReplayJSON(doors: []).line(answer).hasPrefix(#"{"packet":1,"time":-1.500000,"source":null"#))
        var timeline = ReplayTimeline(doors: [], coloured: false)
        let rows = timeline.rows(answer)
        #expect(rows.hasPrefix("1969-12-31 UTC\n"))
        #expect(rows.contains("  23:59:58.500000  "))
    }

    @Test(
        arguments: [
            (1_612_858_149_000_009_999, "2021-02-09", "08:09:09.000009"), (0, "1970-01-01", "00:00:00.000000"),
            (-1, "1969-12-31", "23:59:59.999999"), (.max, "2262-04-11", "23:47:16.854775"),
        ] as [(Int64, String, String)])
    func `every part of a time has its digits, and what is beyond microseconds is cut off`(
        nanoseconds: Int64, day: String, clock: String
    ) {
        #expect(UTC.text(of: Instant(nanoseconds: nanoseconds)) == (day, clock))
    }

    @Test func `each event has its words`() throws {
        let story = try replayed(visitAndLeave, rules, asJSON: true)
        let events = story.split(separator: "\n").map { $0.drop { $0 != "[" } }
        #expect(
            events == [
                #"["visit ssh 1/3"]}"#, #"["visit ssh 2/3"]}"#, #"["stray ssh 2/3"]}"#, #"["visit ssh 1/3"]}"#,
                #"["visit ssh 2/3"]}"#, #"["visit ssh 3/3","open ssh","closing ssh 1/3"]}"#,
                #"["connection ssh 1/2"]}"#,
                #"["closing ssh 2/3"]}"#, #"["visit ssh 1/3","closing ssh 3/3","closed ssh"]}"#, #"[]}"#,
            ])
    }

    @Test func `a door that has no room for another lease refuses`() throws {
        var crowded = rules
        crowded.leaseCapacity = 1
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        for source: Address in ["198.51.100.7", "198.51.100.8"] {
            for knock in rules.doors[0].sequence.knocks {
                capture.append(Forged(Packet(from: source, to: "203.0.113.5", knock)).bytes, at: ReplayTests.start)
            }
        }
        let last = try replayed(capture, crowded, asJSON: true).split(separator: "\n").last
        #expect(last?.hasSuffix(#""events":["visit ssh 3/3","refused ssh","closing ssh 1/3"]}"#) == true)
    }

    // MARK: - For people

    @Test func `the timeline is aligned, tells of leases that run out, and sums up`() throws {
        var capture = visitAndLeave
        for (offset, knock) in rules.doors[0].sequence.knocks.enumerated() {
            capture.append(packet(to: knock), at: ReplayTests.start + Int64(11 + offset) * ReplayTests.second)
        }
        capture.append([0x45], at: ReplayTests.start + 60 * ReplayTests.second)
        #expect(
            try replayed(capture, rules, asJSON: false) == """
                2023-11-14 UTC
                    no  time             from             to               port       verdict  what it meant
                     1  22:13:20.000000  198.51.100.7     203.0.113.5      2222/udp   next     visit ssh 1/3
                     2  22:13:21.000000  198.51.100.7     203.0.113.5      3333/tcp   next     visit ssh 2/3
                     3  22:13:22.000000  198.51.100.7     203.0.113.5      9/tcp      next     stray ssh 2/3
                     4  22:13:23.000000  198.51.100.7     203.0.113.5      2222/udp   next     visit ssh 1/3
                     5  22:13:24.000000  198.51.100.7     203.0.113.5      3333/tcp   next     visit ssh 2/3
                     6  22:13:25.000000  198.51.100.7     203.0.113.5      4444/udp   next     visit ssh 3/3, open ssh, closing ssh 1/3
                     7  22:13:26.000000  198.51.100.7     203.0.113.5      22/tcp     accept   connection ssh 1/2
                     8  22:13:27.000000  198.51.100.7     203.0.113.5      3333/tcp   next     closing ssh 2/3
                     9  22:13:28.000000  198.51.100.7     203.0.113.5      2222/udp   next     visit ssh 1/3, closing ssh 3/3, closed ssh
                    10  22:13:29.000000  198.51.100.7     203.0.113.5      22/tcp     drop
                    11  22:13:31.000000  198.51.100.7     203.0.113.5      2222/udp   next
                    12  22:13:32.000000  198.51.100.7     203.0.113.5      3333/tcp   next     visit ssh 2/3
                    13  22:13:33.000000  198.51.100.7     203.0.113.5      4444/udp   next     visit ssh 3/3, open ssh, closing ssh 1/3
                        22:14:03.000000  198.51.100.7                                          closed ssh: its time was up
                    14  22:14:20.000000                                    malformed  drop

                14 packets: 1 accept, 2 drop (1 malformed), 11 next
                door ssh  opened 2 times

                """)
    }

    @Test func `a new day has a heading of its own, and columns grow with the addresses`() throws {
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        let long: Address = "2001:db8:1111:2222:3333:4444:5555:6666"
        capture.append(packet(to: .tcp(22)), at: ReplayTests.start)
        capture.append(
            Forged(Packet(from: long, to: "2001:db8::5", .other(58))).bytes,
            at: ReplayTests.start + 7200 * ReplayTests.second)
        #expect(
            try replayed(capture, rules, asJSON: false) == """
                2023-11-14 UTC
                    no  time             from             to               port       verdict  what it meant
                     1  22:13:20.000000  198.51.100.7     203.0.113.5      22/tcp     drop

                2023-11-15 UTC
                    no  time             from                                    to               port       verdict  what it meant
                     2  00:13:20.000000  2001:db8:1111:2222:3333:4444:5555:6666  2001:db8::5      proto 58   next

                2 packets: 0 accept, 1 drop, 1 next
                door ssh  opened 0 times

                """)
    }

    @Test func `a lease that lives on is counted at the end`() throws {
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        for knock in rules.doors[0].sequence.knocks { capture.append(packet(to: knock), at: ReplayTests.start) }
        #expect(try replayed(capture, rules, asJSON: false).hasSuffix("opened 1 time, 1 lease live at the end\n"))
    }

    @Test func `colours are for terminals`() throws {
        let plain = try replayed(visitAndLeave, rules, asJSON: false)
        let coloured = try replayed(visitAndLeave, rules, asJSON: false, coloured: true)
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[32maccept\u{1B}[0m"))
        #expect(coloured.contains("\u{1B}[1;31mdrop\u{1B}[0m"))
        #expect(try !replayed(visitAndLeave, rules, asJSON: true, coloured: true).contains("\u{1B}"))
    }

    // MARK: - Captures with faults

    @Test func `what stands before a cut is told, and then the cut`() throws {
        let whole = visitAndLeave.bytes
        let replayed = try Replayed(Array(whole.dropLast()), rules, asJSON: true)
        #expect(replayed.text.split(separator: "\n").count == 9)
        guard case .cut(_, 9, whole.count - 1) = replayed.error else {
            Issue.record("\(String(describing: replayed.error))")
            return
        }
    }

    @Test func `a clock that runs backwards stops nothing, and what has ended stays so`() throws {
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        for knock in rules.doors[0].sequence.knocks { capture.append(packet(to: knock), at: ReplayTests.start) }
        capture.append(packet(to: .tcp(22)), at: ReplayTests.start - ReplayTests.second)
        capture.append(packet(to: .tcp(22)), at: ReplayTests.start + 30 * ReplayTests.second)
        capture.append(packet(to: .tcp(22)), at: ReplayTests.start)
        let lines = try replayed(capture, rules, asJSON: true).split(separator: "\n").suffix(3)
        #expect(lines.map { $0.contains(#""verdict":"accept""#) } == [true, false, false])
    }

    // MARK: - The packets

    /// A visit that strays, one that opens, a connection, and the closing knocks: ten packets in ten seconds.
    private var visitAndLeave: ForgedCapture {
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        let ports: [Port] = [
            .udp(2222), .tcp(3333), .tcp(9), .udp(2222), .tcp(3333), .udp(4444), .tcp(22), .tcp(3333), .udp(2222),
            .tcp(22),
        ]
        for (offset, port) in ports.enumerated() {
            capture.append(packet(to: port), at: ReplayTests.start + Int64(offset) * ReplayTests.second)
        }
        return capture
    }

    private func packet(to port: Port) -> [UInt8] {
        Forged(Packet(from: "198.51.100.7", to: "203.0.113.5", port)).bytes
    }

    private func packet(_ payload: Forged.Payload) -> [UInt8] {
        Forged.ipv4(from: "198.51.100.7", to: "203.0.113.5", payload).bytes
    }

    private func replayed(
        _ capture: ForgedCapture, _ rules: Rules, asJSON: Bool, coloured: Bool = false
    ) throws -> String {
        let replayed = try Replayed(capture.bytes, rules, asJSON: asJSON, coloured: coloured)
        try #require(replayed.error == nil)
        return replayed.text
    }
}

extension Packet {
    /// A SYN or a datagram to `port`.
    fileprivate init(from source: Address, to destination: Address, _ port: Port) {
        switch port.transport {
        case .tcp: self.init(from: source, to: destination, .tcp(source: 40000, destination: port.number, flags: .syn))
        case .udp: self.init(from: source, to: destination, .udp(source: 40000, destination: port.number))
        }
    }
}
