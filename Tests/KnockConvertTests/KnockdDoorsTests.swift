import KnockConvert
import KnockCore
import Testing

/// Which sections become which doors.
@Suite struct KnockdDoorsTests {
    private func section(_ name: String, _ sequence: String, _ command: String) -> String {
        "[\(name)]\nsequence = \(sequence)\ntcpflags = syn\ncommand = \(command)\n"
    }

    private let open = "iptables -I INPUT 1 -s %IP% -p tcp --dport 22 -j ACCEPT"
    private let close = "iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT"

    @Test func `a section that can be no door hinders no other`() throws {
        let page = try knockd(
            """
            [d]
            sequence = 1113,9,3
            command = iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
            [e]
            sequence = 1114,9,3
            command = iptables -I INPUT -s %IP% -p tcp --dport 9 -j ACCEPT
            """)
        #expect(try doors(of: page).map(\.name) == ["d"])
        #expect(page.text.contains("NOTE: this is no door yet: it knocks on a port that it opens."))
    }

    @Test func `a rule that is inserted and one that deletes it are one door`() throws {
        let doors = try knockdDoors(section("in", "5000,7000,6000", open) + section("out", "8000,4000,9000", close))
        #expect(doors.map(\.name) == ["in"])
        #expect(doors.first?.closeSequence?.knocks == [.tcp(8000), .tcp(4000), .tcp(9000)])
    }

    @Test func `a closing section that closes more than a door has closes each of the doors`() throws {
        let close = "iptables -D INPUT -s %IP% -p tcp -m multiport --dports 22,80 -j ACCEPT"
        let web = "iptables -I INPUT -s %IP% -p tcp --dport 80 -j ACCEPT"
        let doors = try knockdDoors(
            section("a", "5000,7000,6000", open) + section("b", "1500,1700,1600", web)
                + section("c", "8000,4000,9000", close))
        #expect(doors.map { $0.closeSequence?.knocks.first } == [.tcp(8000), .tcp(8000)])
    }

    @Test func `a closing section without a door is kept`() throws {
        let other = "iptables -D INPUT -s %IP% -p tcp --dport 80 -j ACCEPT"
        let page = try knockd(section("a", "5000,7000,6000", open) + section("b", "8000,4000,9000", other))
        #expect(page.doors == 1 && page.text.contains("#     [b]\n#     sequence = 8000,4000,9000\n"))
        #expect(page.flat.contains("[b] of line 5 closes 80/tcp, and no section opens just these"))
    }

    @Test func `a second closing section is kept`() throws {
        let page = try knockd(
            section("a", "5000,7000,6000", open) + section("b", "8000,4000,9000", close)
                + section("c", "8100,4100,9100", close))
        #expect(try doors(of: page).first?.closeSequence?.knocks.first == .tcp(8000))
        #expect(page.text.contains("#     sequence = 8100,4100,9100\n"))
    }

    @Test func `a rule that is deleted by its handle is known by the names of the sections`() throws {
        let nft = "nft add rule inet filter input ip saddr %IP% tcp dport 22 accept"
        let delete =
            "nft delete rule inet filter input handle $(nft -a list chain inet filter input | grep %IP% | awk '{print $NF}')"
        let doors = try knockdDoors(
            section("open-ssh", "5000,7000,6000", nft) + section("close_ssh", "8000,4000,9000", delete))
        #expect(doors.map(\.name) == ["ssh"] && doors.first?.closeSequence != nil)
    }

    @Test func `a rule that drops is a closing one`() throws {
        let drop = "iptables -A INPUT -s %IP% -p tcp --dport 22 -j DROP"
        let doors = try knockdDoors(section("a", "5000,7000,6000", open) + section("b", "8000,4000,9000", drop))
        #expect(doors.map(\.name) == ["a"] && doors.first?.closeSequence != nil)
    }

    @Test func `what the closing knocks had for themselves is noted, and only that`() throws {
        let page = try knockd(
            section("a", "5000,7000,6000", open) + section("b", "8000,4000,9000", close)
                + "timeout = 7\ntarget = 192.0.2.1\n")
        #expect(page.text.contains("others:\n#     seq_timeout = 7\n#     target = 192.0.2.1\n[door a]\n"))
        #expect(try doors(of: page).first?.targets == [])
    }

    @Test func `names are mended, and none stands twice`() throws {
        let web = "iptables -I INPUT -s %IP% -p tcp --dport 80 -j ACCEPT"
        let page = try knockd(
            section(" open sésame ", "5000,7000,6000", open) + section("open s?same", "1500,1700,1600", web))
        #expect(try doors(of: page).map(\.name) == ["open-s-same", "open-s-same-2"])
        #expect(page.text.contains("# Its name was \" open sésame \"."))
    }

    @Test(arguments: [
        ("5000,7000,6000", "has the same sequence"),
        ("5000,7000,6000,4000", "this begins with the whole sequence of door a"),
        ("5000,22,6000", "door a protects this port"),
    ])
    func `a door that can't stand beside another becomes a comment, with the reason`(sequence: String, reason: String)
        throws
    {
        let web = "iptables -I INPUT -s %IP% -p tcp --dport 80 -j ACCEPT"
        let page = try knockd(section("a", "5000,7000,6000", open) + section("b", sequence, web))
        #expect(page.doors == 1 && page.flat.contains("NOTE: this is no door yet:") && page.flat.contains(reason))
        #expect(page.text.contains("\n#[door b]\n#protects    = 80/tcp\n") && !page.text.contains("this page"))
    }

    @Test func `without a single door the answer is no, with all reasons and no sequence`() {
        let told = refused(
            knockd, section("wake", "5000,7000,6000", "etherwake 00:11:22:33:44:55") + "[b]\nsequence = 5001\n")
        #expect(
            told == [
                "k.conf:1: no door can be made of this: its command opens no port known here",
                "k.conf:5: no door can be made of this: it has no command",
            ])
        #expect(refused(knockd, "[options]\nUseSyslog\n") == ["k.conf: it opens no door"])
    }

    @Test func `what a gate doesn't run is kept`() throws {
        let page = try knockd(
            section("a", "5000,7000,6000", "\(open) && logger -t knock 'hello, %IP%'")
                + "stop_command = mail -s shut root\n")
        #expect(page.doors == 1 && page.text.contains("#     logger -t knock hello, %IP%\n"))
        #expect(page.text.contains("#     mail -s shut root\n"))
    }

    @Test func `a door that is closed by its own command is open for as long as that waits`() throws {
        #expect(try door(saying: "command = \(open); sleep 45; \(close)").openFor == .seconds(45))
        #expect(try door(saying: "command = \(open)\ncmd_timeout = 20").openFor == .seconds(20))
        #expect(try door(saying: "command = \(open)\ncmd_timeout = 0\nstop_command = \(close)").openFor == .seconds(1))
    }

    @Test func `what a stop_command leaves open, or opens, is told`() throws {
        let both = "iptables -I INPUT -s %IP% -p tcp -m multiport --dports 22,80 -j ACCEPT"
        let left = try knockd(section("a", "5000,7000,6000", both) + "stop_command = \(close)\n")
        #expect(
            left.flat.contains("NOTE: this didn't close 80/tcp again.")
                && left.text.contains("#     stop_command = \(close)\n"))
        let more = try knockd(section("a", "5000,7000,6000", open) + "stop_command = \(close); \(both)\n")
        #expect(more.flat.contains("NOTE: this opened something when the time was up"))
        #expect(try knockd(section("a", "5000,7000,6000", open) + "stop_command = \(close)\n").notes == 0)
    }

    @Test func `over IPv6 a door opens, too, and where that is new it is told`() throws {
        let page = try knockd(section("a", "5000,7000,6000", open) + "command_6 =\n")
        #expect(page.doors == 1 && page.flat.contains("over IPv6 this opened nothing"))
        let both = try door(
            saying: "command = \(open)\nstart_command_6 = ip6tables -I INPUT -s %IP% -p tcp --dport 80 -j ACCEPT")
        #expect(both.protects == [.tcp(22), .tcp(80)])
        let only = try door(saying: "command_6 = ip6tables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT")
        #expect(only.protects == [.tcp(22)])
    }

    @Test func `more doors than there can be are refused`() {
        let many = (0...256).map { "[d\($0)]\nsequence = \($0 + 1)\n" }.joined()
        #expect(refused(knockd, many).first?.contains("256 doors at most") == true)
    }
}
