import KnockConvert
import KnockCore
import PacketForge
import Testing

/// knockd.conf is read as knockd 0.8 reads it; what it does was seen with the program itself.
@Suite struct KnockdGrammarTests {
    private static let command = "command = iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT"

    private func knocks(_ sequence: String) throws -> [Port]? {
        try knockdDoors("[a]\nsequence = \(sequence)\n\(KnockdGrammarTests.command)\n").first?.sequence.knocks
    }

    @Test(arguments: [
        ("7000, 9000 ,8000 : udp ", [Port.tcp(7000), .tcp(9000), .udp(8000)]),
        ("7000x,9000", [.tcp(7000), .tcp(9000)]), ("7000,9000 # hi", [.tcp(7000), .tcp(9000)]),
        ("+7000,070", [.tcp(7000), .tcp(70)]), ("7000:TCP:udp,9000", [.tcp(7000), .tcp(9000)]),
    ])
    func `knocks end where their digits end, and have a protocol in either case`(text: String, knocks: [Port]) throws {
        #expect(try self.knocks(text) == knocks)
    }

    @Test func `keys are in either case, and have aliases`() throws {
        let door = try #require(
            knockdDoors(
                "[a]\nSEQUENCE=41067,9302,27511\nTimeOut = 5 # s\n\(KnockdGrammarTests.command)\ntcpflags=SYN\n"
            ).first)
        #expect((door.sequenceTimeout, door.tcpFlags) == (.seconds(5), .syn))
    }

    @Test func `its defaults are written down`() throws {
        let door = try door(
            saying: "start_command = iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT\n"
                + "stop_command = iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT")
        #expect((door.sequenceTimeout, door.openFor) == (.seconds(25), .seconds(10)))
    }

    @Test func `of a key that stands twice the last one counts, and the other is kept`() throws {
        let page = try knockd(
            "[a]\nsequence = 1000,3000,2000\nsequence = 41067,9302,27511\n\(KnockdGrammarTests.command)\n")
        #expect(try doors(of: page).first?.sequence.knocks == [.tcp(41067), .tcp(9302), .tcp(27511)])
        #expect(page.text.contains("#     sequence = 1000,3000,2000\n"))
    }

    @Test func `comments are kept with the section below them`() throws {
        let page = try knockd(
            "[a]\nsequence = 41067,9302,27511\n\(KnockdGrammarTests.command)\n# for Bob\n[b]\n# dear one\n"
                + "sequence = 9,8,4\ncommand = ufw allow from %IP% to any port 80 proto tcp\n")
        let (a, b) = (page.text.split(separator: "[door a]")[0], page.text.split(separator: "[door a]")[1])
        #expect(!a.contains("for Bob") && b.contains("#     # for Bob\n#     # dear one\n"))
    }

    @Test func `what a configuration can't hold, even in a comment, is replaced there`() throws {
        let page = try knockd(
            "# bell \u{7}\r\n[a\u{1}b]\r\nsequence = 41067,9302,27511\r\ncommand = ufw allow 22/tcp && echo \u{1B}[2J\r\n"
        )
        #expect(try doors(of: page).map(\.name) == ["a-b"])
        #expect(page.text.contains("#     # bell \u{FFFD}\n") && page.text.contains("#     echo \u{FFFD}[2J\n"))
    }

    @Test(arguments: [
        ("sequence = 1\n", "1:1: \"sequence\" stands before any section"),
        ("[a]\nsequence = 1\nfoo\n", "3:1: expected key = value"),
        ("[a]\nsequence = 65536,8000\n", "2:1: a port is 1 to 65535, not \"65536\""),
        ("[a]\nsequence = 1:sctp\n", "2:1: a knock's protocol is tcp or udp"),
        ("[a]\nsequence = 1\n tcpflags = syn, ack\n", "3:2: a TCP flag is"), ("[]\n", "1:1: a section without a name"),
        ("[a]\nsequence = 1\nport = 22\n", "3:1: unknown key \"PORT\""), ("; c\n", "1:1: expected key = value"),
        ("[a]\nsequence = 1\nlogfile = x\n", "3:1: unknown key \"LOGFILE\": it belongs to [options]"),
        ("[options]\nsequence = 1\n", "2:1: unknown option"), ("[options]\nUseSyslog = yes\n", "2:1: unknown option"),
        ("[Options]\nUseSyslog\n", "1: [Options] of line 1 has no sequence"),
        ("[a]\ncommand = x\n", "1: [a] of line 1 has no sequence"), ("[a]\nsequence = 1\n\0", "3: a NUL byte"),
        ("[a]\nsequence = \(String(repeating: "1,", count: 32))1\n", "2:1: a sequence has at most 32 knocks, not 33"),
    ])
    func `what knockd wouldn't start with is refused, with its place`(text: String, complaint: String) {
        let told = refused(knockd, text)
        #expect(told.first?.hasPrefix("k.conf:\(complaint)") == true, "\(told)")
    }

    @Test func `everything that is wrong is told at once`() {
        let told = refused(knockd, "x = 1\n[a]\nfoo = 1\nsequence = 70000\ntcpflags = sin\n[b]\ncommand = x\n")
        #expect(told.map { $0.prefix(9) } == ["k.conf:1:", "k.conf:3:", "k.conf:4:", "k.conf:5:", "k.conf:6:"])
    }

    @Test(arguments: [
        ("sequence = 7000,,8000", "its knock number 2 is port 0"), ("sequence =", "its knock number 1 is port 0"),
        ("sequence = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "it has 17 knocks, and a door 16 at most"),
    ])
    func `a sequence that a door can't have is kept as a comment`(line: String, reason: String) throws {
        let good = "[b]\nsequence = 41067,9302,27511\n\(KnockdGrammarTests.command)\n"
        let page = try knockd("\(good)[a]\n\(line)\ncommand = iptables -I INPUT -s %IP% -p tcp --dport 80 -j ACCEPT\n")
        #expect(page.doors == 1 && page.flat.contains(reason) && page.text.contains("#     \(line)\n"))
    }

    @Test func `flags add up, and the last word on each holds`() throws {
        let command = KnockdGrammarTests.command
        #expect(
            try door(saying: "tcpflags = !syn\ntcpflags = FIN\n\(command)").tcpFlags
                == TCPFlagsFilter(set: .fin, clear: .syn))
        #expect(try door(saying: "tcpflags = !ack,!rst\n\(command)").tcpFlags == .syn)
        let page = try knockd("[a]\nsequence = 41067,9302,27511\n\(command)\n")
        #expect(page.text.contains("knockd heard any TCP packet as a knock"))
    }

    @Test func `a target stays, unless it's a name`() throws {
        let command = KnockdGrammarTests.command
        #expect(try door(saying: "target = 203.0.113.5\n\(command)").targets == ["203.0.113.5"])
        let page = try knockd("[a]\nsequence = 41067,9302,27511\ntarget = gate.example\n\(command)\n")
        #expect(try doors(of: page).first?.targets == [] && page.text.contains("#     target = gate.example\n"))
    }

    @Test func `an interface is told of`() throws {
        let page = try knockd(
            "[options]\nInterface = eth1\n[a]\nsequence = 41067,9302,27511\n\(KnockdGrammarTests.command)\n")
        #expect(page.text.contains("target = ADDRESS") && page.text.contains("#     Interface = eth1\n"))
    }

    @Test(arguments: [
        ("0", Duration.seconds(1)), ("-3", .seconds(1)), ("4000", .seconds(3600)), ("900", .seconds(900)),
    ])
    func `times that a door can't have are held to its bounds`(text: String, time: Duration) throws {
        #expect(try door(saying: "seq_timeout = \(text)\n\(KnockdGrammarTests.command)").sequenceTimeout == time)
    }
}

extension Conversion {
    /// The text with its comments unbroken.
    var flat: String { text.split(separator: "\n# ").joined(separator: " ") }
}
