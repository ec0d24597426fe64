import KnockCore
import PacketForge
import Testing

@testable import knockgate

/// `--source` and `--door` choose what is shown; what is judged stays the same.
@Suite struct ReplayFilterTests {
    private let rules: Rules
    /// Two clients between each other: one opens ssh and connects, one goes on at web and tries ssh.
    private let capture: [UInt8]

    init() throws {
        rules = try .sshAndWeb()
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        let steps: [(Address, Port)] = [
            ("198.51.100.7", .udp(2222)), ("198.51.100.8", .tcp(7000)), ("198.51.100.7", .tcp(3333)),
            ("198.51.100.8", .udp(9000)), ("198.51.100.7", .udp(4444)), ("198.51.100.8", .tcp(22)),
            ("198.51.100.7", .tcp(22)), ("198.51.100.9", .tcp(80)), ("198.51.100.8", .tcp(443)),
        ]
        for (second, (source, port)) in steps.enumerated() {
            capture.append(Packet(from: source, to: port), second: Double(second))
        }
        capture.append(Packet(from: "198.51.100.9", to: .tcp(443)), second: 100)
        self.capture = capture.bytes
    }

    @Test(
        arguments: [
            (["198.51.100.7"], [], [1, 3, 5, 7]), (["198.51.100.8"], [], [2, 4, 6, 9]),
            (["198.51.100.8/31"], [], [2, 4, 6, 8, 9, 10]),
            (["198.51.100.7", "198.51.100.9"], [], [1, 3, 5, 7, 8, 10]),
            (["2001:db8::/32"], [], []), ([], ["ssh"], [1, 3, 5, 6, 7]), ([], ["web"], [2, 4, 8, 9]),
            ([], ["ssh", "web"], [1, 2, 3, 4, 5, 6, 7, 8, 9]), (["198.51.100.8"], ["ssh"], [6]),
        ] as [([Network], [String], [Int])])
    func `lines of JSON are left out, and those that stay are the same`(
        sources: [Network], doors: [String], numbers: [Int]
    ) throws {
        let all = try Replayed(capture, rules, asJSON: true).lines
        let shown = try Replayed(capture, rules, sources: sources, doors: doors, asJSON: true).lines
        #expect(shown == numbers.map { all[$0 - 1] })
    }

    @Test func `the timeline shows a door's rows to those whom they concern, and says how many it shows`() throws {
        let ssh = try Replayed(capture, rules, doors: ["ssh"], asJSON: false).lines
        #expect(ssh.contains { $0.hasPrefix("+ ") } && ssh.contains { $0.hasPrefix("- ") })
        #expect(
            ssh.suffix(3) == ["10 packets: 1 accept, 2 drop, 7 next", "5 of them shown", "door ssh  opened 1 time"])
        let web = try Replayed(capture, rules, doors: ["web"], asJSON: false).lines
        #expect(!web.contains { $0.hasPrefix("+ ") || $0.hasPrefix("- ") })
        let stranger = try Replayed(capture, rules, sources: ["198.51.100.8"], asJSON: false).lines
        #expect(!stranger.contains { $0.hasPrefix("+ ") || $0.hasPrefix("- ") })
        #expect(stranger.suffix(3).first == "4 of them shown")
    }

    @Test func `a lease of a whole IPv6 subnet concerns each address in it, and no other`() throws {
        var wide = rules
        wide.ipv6SourcePrefix = 64
        var capture = ForgedCapture(of: wide.doors[0].sequence.knocks, from: "2001:db8:0:1::7")
        capture.append(Packet(to: .tcp(443)), second: 60)
        for (source, isShown) in [("2001:db8:0:1::9", true), ("2001:db8::/32", true), ("2001:db8:0:2::7", false)] {
            let rows = try Replayed(capture.bytes, wide, sources: [Network(stringLiteral: source)], asJSON: false).lines
            #expect(rows.contains { $0.contains("door ssh closed: its time was up") } == isShown, "\(source)")
        }
    }
}
