import Capture
import KnockCore
import PacketForge
import Testing

@testable import knockgate

/// What `replay --json` writes, letter by letter.
@Suite struct ReplayTests {
    static let second: Int64 = 1_000_000_000
    static let start = ForgedCapture.start
    let rules: Rules

    init() throws { rules = try .ssh() }

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
        let captured = CapturedPacket(number: 1, nanoseconds: -1_500_000_000, wireLength: 0)
        let answer = ReplayGate.Answer(
            packet: ReplayPacket(captured, [UInt8]().span), verdict: .drop, events: [], ended: [])
        #expect(ReplayJSON(doors: []).line(answer).hasPrefix(#"{"packet":1,"time":-1.500000,"source":null"#))
        var timeline = ReplayTimeline(doors: [], terminal: Terminal(size: nil, environment: [:]))
        let rows = timeline.rows(answer)
        #expect(rows.hasPrefix("1969-12-31 UTC\n"))
        #expect(rows.contains("  23:59:58.500  "))
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
                capture.append(Forged(Packet(from: source, to: knock)).bytes, at: ReplayTests.start)
            }
        }
        let last = try replayed(capture, crowded, asJSON: true).split(separator: "\n").last
        #expect(last?.hasSuffix(#""events":["visit ssh 3/3","refused ssh","closing ssh 1/3"]}"#) == true)
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
        let ports: [Port] = [
            .udp(2222), .tcp(3333), .tcp(9), .udp(2222), .tcp(3333), .udp(4444), .tcp(22), .tcp(3333), .udp(2222),
            .tcp(22),
        ]
        return ForgedCapture(of: ports)
    }

    private func packet(to port: Port) -> [UInt8] { Forged(Packet(to: port)).bytes }

    private func packet(_ payload: Forged.Payload) -> [UInt8] {
        Forged.ipv4(from: "198.51.100.7", to: "203.0.113.5", payload).bytes
    }

    private func replayed(_ capture: ForgedCapture, _ rules: Rules, asJSON: Bool) throws -> String {
        try Replayed(capture.bytes, rules, asJSON: asJSON).whole
    }
}
