import KnockCore
import PacketForge
import Testing

@testable import knockgate

/// `--diff`: one capture before two gates.
@Suite struct ReplayDiffTests {
    private let rules: Rules
    private let other: Rules
    private let capture = ForgedCapture(of: [.udp(2222), .tcp(3333), .udp(4444), .tcp(22), .tcp(443), .tcp(80)]).bytes

    /// The other one has another sequence before ssh, and no door before 80/tcp.
    init() throws {
        rules = try .sshAndWeb()
        var other = try Rules.ssh()
        other.doors[0].sequence = try #require(KnockSequence([.udp(2222), .tcp(3334), .udp(4444)]))
        self.other = other
    }

    @Test func `nothing is shown of gates that say the same`() throws {
        let json = try Replayed(capture, rules, differently: rules, asJSON: true)
        #expect(try json.whole == "" && json.differences == 0)
        let text = try Replayed(capture, rules, differently: rules, asJSON: false)
        let counts = "6 packets: 1 accept, 1 drop, 4 next; opened ssh 1, web 0"
        #expect(try text.whole == "6 packets, 0 judged otherwise\n< this.conf: \(counts)\n> other.conf: \(counts)\n")
    }

    @Test func `a packet is shown with both verdicts, and what it meant to either gate`() throws {
        let replayed = try Replayed(capture, rules, differently: other, asJSON: false)
        #expect(replayed.differences == 3)
        #expect(
            try replayed.whole == """
                2023-11-14 UTC, to 203.0.113.5
                    no  time          from             port       verdict  what it meant
                <    3  22:13:22.000  198.51.100.7     4444/udp   next     visit ssh 3/3, open ssh, closing ssh 1/3
                >                                                 next     closing ssh 1/3
                <    4  22:13:23.000  198.51.100.7     22/tcp     accept   connection ssh 1/2
                >                                                 drop
                <    6  22:13:25.000  198.51.100.7     80/tcp     drop
                >                                                 next

                6 packets, 3 judged otherwise: 2 in the verdict, 1 in what opens or closes
                < this.conf: 6 packets: 1 accept, 1 drop, 4 next; opened ssh 1, web 0
                > other.conf: 6 packets: 0 accept, 1 drop, 5 next; opened ssh 0

                """)
    }

    @Test func `in JSON the other gate's answer is one more key`() throws {
        let all = try Replayed(capture, rules, asJSON: true).lines
        let lines = try Replayed(capture, rules, differently: other, asJSON: true).lines
        let others = [
            #"{"verdict":"next","events":["closing ssh 1/3"]}"#, #"{"verdict":"drop","events":[]}"#,
            #"{"verdict":"next","events":[]}"#,
        ]
        let expected = zip([2, 3, 5], others).map { number, other in "\(all[number].dropLast()),\"other\":\(other)}" }
        #expect(lines.map(String.init) == expected)
    }

    @Test func `doors are the same that bear one name, wherever they stand`() throws {
        var turned = rules
        turned.doors.reverse()
        #expect(try Replayed(capture, rules, differently: turned, asJSON: true).differences == 0)
    }

    @Test(
        arguments: [
            ([], ["ssh"], [3, 4]), ([], ["web"], [6]), (["198.51.100.8"], [], []), (["198.51.100.7"], ["web"], [6]),
        ] as [([Network], [String], [Int])])
    func `what isn't shown doesn't count`(sources: [Network], doors: [String], numbers: [Int]) throws {
        let replayed = try Replayed(
            capture, rules, differently: other, sources: sources, doors: doors, asJSON: true)
        #expect(replayed.differences == numbers.count)
        #expect(replayed.lines.map { $0.prefix { $0 != "," } } == numbers.map { #"{"packet":\#($0)"# })
    }
}
