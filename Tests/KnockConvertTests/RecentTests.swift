import KnockConvert
import KnockCore
import Testing

/// Rules that count knocks by the match `recent`: the recipes that one finds, in the form of iptables-save.
@Suite struct RecentTests {
    private func expect(_ text: String, knocks: [Port], within: Int, openFor: Int, connections: Int?) throws {
        let doors = try recentDoors(text)
        #expect(doors.count == 1 && doors.first?.name == "ssh" && doors.first?.protects == [.tcp(22)])
        #expect(doors.first?.sequence.knocks == knocks)
        #expect(doors.first?.sequenceTimeout == .seconds(within) && doors.first?.openFor == .seconds(openFor))
        #expect(doors.first?.connections == connections)
    }

    @Test func `where all knocks go to one address, that is the door's target`() throws {
        let page = try recent(
            """
            *filter
            :INPUT DROP [0:0]
            -A INPUT -d 192.0.2.1/32 -i lan0 -p tcp --dport 1999 -m limit --limit 1/min -m recent --name Z --set -j DROP
            -A INPUT -d 192.0.2.1/32 -i lan0 -p tcp --dport 22 -m recent --name Z --rcheck --seconds 20 -j ACCEPT
            COMMIT
            """)
        #expect(try doors(of: page).map { $0.targets.map(\.description) } == [["192.0.2.1"]])
        #expect(page.text.contains("-i lan0, --limit 1/min in line 3 was passed over:"))
        #expect(page.text.contains("-i lan0 in line 4 was passed over:"))
    }

    @Test func `an address that isn't every knock's, or a network, is told of`() throws {
        let page = try recent(
            """
            *filter
            :INPUT DROP [0:0]
            -A INPUT -d 192.0.2.0/24 -p tcp --dport 1999 -m recent --name Z --set -j DROP
            -A INPUT -p tcp --dport 22 -m recent --name Z --rcheck --seconds 20 -j ACCEPT
            COMMIT
            """)
        #expect(try doors(of: page).first?.targets == [])
        #expect(page.text.contains("-d 192.0.2.0/24 in line 3 was passed over:"))
    }

    @Test func `who isn't on the list is thrown away, and who is has so many seconds`() throws {
        let page = try recent(
            """
            *filter
            :INPUT ACCEPT [0:0]
            -A INPUT -p tcp -m tcp --dport 1999 -m recent --set --name Z --rsource -j DROP
            -A INPUT -p tcp -m tcp --dport 22 -m recent ! --rcheck --seconds 45 --name Z --rsource -j DROP
            COMMIT
            """)
        #expect(try doors(of: page).map(\.openFor) == [.seconds(45)])
        #expect(!page.text.contains("for ever"))
    }

    @Test func `a chain for each gate`() throws {
        try expect(
            chains(mask: "255.255.255.255"), knocks: [.tcp(1111), .udp(2222), .tcp(3333)], within: 20, openFor: 30,
            connections: 1)
    }

    @Test func `a table of ip6tables behind it is the same door`() throws {
        let both = chains(mask: "255.255.255.255") + chains(mask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
        #expect(try recentDoors(both).count == 1)
    }

    @Test func `one chain in which the latest list is asked for first`() throws {
        try expect(
            """
            *filter
            :INPUT DROP [0:0]
            :TRAFFIC - [0:0]
            -A INPUT -j TRAFFIC
            -A TRAFFIC -p icmp -m icmp --icmp-type any -j ACCEPT
            -A TRAFFIC -m state --state RELATED,ESTABLISHED -j ACCEPT
            -A TRAFFIC -p tcp -m state --state NEW -m tcp --dport 22 -m recent --rcheck --seconds 30 --name S2 --rsource -j ACCEPT
            -A TRAFFIC -p tcp -m state --state NEW -m tcp -m recent --remove --name S2 --rsource -j DROP
            -A TRAFFIC -p tcp -m state --state NEW -m tcp --dport 9991 -m recent --rcheck --seconds 8 --name S1 --rsource -j INTWO
            -A TRAFFIC -p tcp -m state --state NEW -m tcp -m recent --remove --name S1 --rsource -j DROP
            -A TRAFFIC -p tcp -m state --state NEW -m tcp --dport 7777 -m recent --rcheck --seconds 7 --name S0 --rsource -j IN
            -A TRAFFIC -p tcp -m state --state NEW -m tcp -m recent --remove --name S0 --rsource -j DROP
            -A TRAFFIC -p tcp -m state --state NEW -m tcp --dport 8881 -m recent --set --name S0 --rsource -j DROP
            -A IN -m recent --set --name S1 --rsource -j DROP
            -A INTWO -m recent --set --name S2 --rsource -j DROP
            -A TRAFFIC -j DROP
            COMMIT
            """, knocks: [.tcp(8881), .tcp(7777), .tcp(9991)], within: 15, openFor: 30, connections: nil)
    }

    @Test func `stages that remember and go on`() throws {
        try expect(
            """
            *filter
            :INPUT DROP [0:0]
            -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
            -A INPUT -p tcp -m tcp --dport 22 -m recent --rcheck --seconds 5 --name heaven --rsource -j ACCEPT
            -A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j door
            -A door -m recent --rcheck --seconds 5 --name knock2 --rsource -j stage2
            -A door -m recent --rcheck --seconds 5 --name knock --rsource -j stage1
            -A door -p tcp -m tcp --dport 1234 -m recent --set --name knock --rsource
            -A stage1 -m recent --remove --name knock --rsource
            -A stage1 -p tcp -m tcp --dport 3456 -m recent --set --name knock2 --rsource
            -A stage2 -m recent --remove --name knock2 --rsource
            -A stage2 -p tcp -m tcp --dport 2345 -m recent --set --name heaven --rsource
            """, knocks: [.tcp(1234), .tcp(3456), .tcp(2345)], within: 10, openFor: 5, connections: nil)
    }

    /// Rules alone, without a table.
    static let rules = """
        -A INPUT -s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT
        -A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 15 --name heaven -j ACCEPT
        -A INPUT -p tcp --dport 7001 -m recent --set --name k1 -j DROP
        -A INPUT -p tcp --dport 9003 -m recent --rcheck --seconds 5 --name k1 -m recent --set --name k2 -j DROP
        -A INPUT -p udp --dport 4005 -m recent --update --seconds 5 --name k2 -m recent --set --name heaven -j DROP
        -A INPUT -j DROP
        """

    @Test func `rules alone, and what a door does otherwise`() throws {
        try expect(
            RecentTests.rules, knocks: [.tcp(7001), .tcp(9003), .udp(4005)], within: 10, openFor: 15, connections: nil)
        let page = try recent(RecentTests.rules)
        #expect(page.text.contains("# From the rules in lines 3, 4, 5, 2.\n"))
        #expect(page.flat.contains("NOTE: the rules didn't mind other packets in mid-sequence"))
        #expect(page.flat.contains("allow_from = 10.0.0.0/8"))
    }

    @Test func `a door that is shut by a rule for those who haven't knocked`() throws {
        try expect(
            """
            *filter
            :INPUT ACCEPT [0:0]
            -A INPUT -p udp -m udp --dport 5001 -m recent --set --name A
            -A INPUT -p udp -m udp --dport 3002 -m recent --rcheck --seconds 9 --name A -m recent --set --name B
            -A INPUT -p tcp -m tcp --dport 22 -m state --state NEW -m recent ! --rcheck --seconds 60 --name B -j DROP
            """, knocks: [.udp(5001), .udp(3002)], within: 9, openFor: 60, connections: nil)
    }

    @Test func `two gates are two doors, and ports behind the same knocks one`() throws {
        let more = """
            -A INPUT -p tcp --dport 443 -m recent --rcheck --seconds 60 --name web -j ACCEPT
            -A INPUT -p tcp -m multiport --dports 80,8080 -m recent --rcheck --seconds 60 --name web -j ACCEPT
            -A INPUT -p tcp --dport 6001 -m recent --set --name web -j DROP

            """
        let doors = try recentDoors(more + RecentTests.rules)
        #expect(doors.map(\.protects) == [[.tcp(443), .tcp(80), .tcp(8080)], [.tcp(22)]])
        #expect(doors.map(\.name) == ["https", "ssh"] && doors.map { $0.sequence.knocks.count } == [1, 3])
    }

    @Test func `of several lists in one rule, the latest says how long it waits`() throws {
        try expect(
            """
            -A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 15 --name k3 -j ACCEPT
            -A INPUT -p tcp --dport 7001 -m recent --set --name k1 -j DROP
            -A INPUT -p tcp --dport 9003 -m recent --rcheck --seconds 6 --name k1 -m recent --set --name k2 -j DROP
            -A INPUT -p udp --dport 4005 -m recent --rcheck --seconds 60 --name k1 -m recent --rcheck --seconds 5 --name k2 \
            -m recent --set --name k3 -j DROP
            -A INPUT -j DROP
            """, knocks: [.tcp(7001), .tcp(9003), .udp(4005)], within: 11, openFor: 15, connections: nil)
    }

    @Test func `a port that has to be knocked several times stands there several times`() throws {
        let doors = try recentDoors(
            """
            -A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 15 --hitcount 3 --name k -j ACCEPT
            -A INPUT -p tcp --dport 7001 -m recent --set --name k -j DROP
            -A INPUT -j DROP
            """)
        #expect(doors.first?.sequence.knocks == [.tcp(7001), .tcp(7001), .tcp(7001)])
    }

    @Test func `what can't be taken over is noted`() throws {
        let page = try recent(
            """
            -A INPUT -p tcp --dport 22 -m recent --rcheck --name k --mask 255.255.255.0 -j ACCEPT
            -A INPUT -p tcp -m mac --mac-source 00:11:22:33:44:55 -m tcp --dport 7001 -m recent --set --name k -j DROP
            -A INPUT -j DROP
            """)
        #expect(page.flat.contains("it counts whole networks as one source (--mask 255.255.255.0)"))
        #expect(
            page.flat.contains("NOTE: -m mac in line 2 was passed over")
                && page.flat.contains("for ever (no --seconds)"))
    }

    @Test(arguments: [
        (
            "-A INPUT -p tcp --dport 22 -j ACCEPT\n",
            "k.conf: no rule in it has the match recent: expected rules such as"
        ),
        (
            "-A INPUT -p tcp --dport 22 -m recent --rcheck --name B -j ACCEPT\n-A INPUT -p tcp --dport 7 -m recent --set --name A\n"
                + "-A INPUT -j DROP\n", "k.conf:1: no rule puts a source on the list \"B\""
        ),
        (
            "-A INPUT -p tcp --dport 7 -m recent --set --name A\n"
                + "-A INPUT -p tcp --dport 8 -m recent --rcheck --name A -m recent --set --name B\n-A INPUT -j DROP\n",
            "k.conf:2: 2 knocks lead to this rule, but from the list \"B\" no rule leads on"
        ),
        (
            "-A KNOCK -p tcp --dport 7 -m recent --set --name A\n",
            "k.conf:1: no packet comes to this rule, or it names no port"
        ),
        ("hello\n", "k.conf:1: expected a rule as iptables-save writes it"),
        ("-A INPUT -p tcp --dport $KNOCK -m recent --set\n", "k.conf:1: can't read this rule: \"$KNOCK\" is no port"),
        (
            "-A INPUT -p tcp -m geoip --cc X -m recent --rcheck --name A -j ACCEPT\n-A INPUT -p tcp --dport 1 -m recent --set --name A\n"
                + "-A INPUT -p tcp --dport 22 -j ACCEPT\n",
            "k.conf:1: -m geoip isn't understood in a rule with the match recent"
        ),
        (
            "-A INPUT --\u{1B}[2J -m recent --rcheck --name A -j ACCEPT\n",
            "k.conf:1: --\u{FFFD}[2J isn't understood in a rule with the match recent"
        ),
        ("", "k.conf: no rule in it has the match recent"),
    ])
    func `what isn't understood is told, with the rule that it is about`(text: String, complaint: String) {
        let told = refused(recent, text)
        #expect(told.first?.hasPrefix(complaint) == true, "\(told)")
    }

    @Test func `a file that is something else isn't told of line by line`() {
        let told = refused(recent, String(repeating: "hello\n", count: 500))
        #expect(told.count == 51 && told.last == "k.conf: and 450 more")
    }

    @Test func `rules that let in packets to every port can't be a door`() {
        let told = refused(
            recent,
            "-A INPUT -m recent --rcheck --name A -j ACCEPT\n-A INPUT -p tcp --dport 7001 -m recent --set --name A -j DROP\n"
                + "-A INPUT -p tcp --dport 22 -j DROP\n-A INPUT -j DROP\n")
        #expect(told.first?.contains("a door names its ports") == true, "\(told)")
    }

    private func chains(mask: String) -> String {
        """
        # Generated by iptables-save v1.8.9 on Sat Nov 21 16:00:00 2026
        *filter
        :INPUT ACCEPT [0:0]
        :GATE1 - [0:0]
        :PASSED - [0:0]
        [4:240] -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        [0:0] -A INPUT -i lo -j ACCEPT
        [0:0] -A INPUT -p tcp -m tcp --dport 80 -j ACCEPT
        [0:0] -A INPUT -j KNOCKING
        [0:0] -A GATE1 -p tcp -m tcp --dport 1111 -m recent --set --name AUTH1 --mask \(mask) --rsource -j DROP
        [0:0] -A GATE1 -j DROP
        [0:0] -A GATE2 -m recent --remove --name AUTH1 --mask \(mask) --rsource
        [0:0] -A GATE2 -p udp -m udp --dport 2222 -m recent --set --name AUTH2 --mask \(mask) --rsource -j DROP
        [0:0] -A GATE2 -j GATE1
        [0:0] -A GATE3 -m recent --remove --name AUTH2 --mask \(mask) --rsource
        [0:0] -A GATE3 -p tcp -m tcp --dport 3333 -m recent --set --name AUTH3 --mask \(mask) --rsource -j DROP
        [0:0] -A GATE3 -j GATE1
        [0:0] -A KNOCKING -m recent --rcheck --seconds 30 --name AUTH3 --mask \(mask) --rsource -j PASSED
        [0:0] -A KNOCKING -m recent --rcheck --seconds 10 --name AUTH2 --mask \(mask) --rsource -j GATE3
        [0:0] -A KNOCKING -m recent --rcheck --seconds 10 --name AUTH1 --mask \(mask) --rsource -j GATE2
        [0:0] -A KNOCKING -j GATE1
        [0:0] -A PASSED -m recent --remove --name AUTH3 --mask \(mask) --rsource
        [0:0] -A PASSED -p tcp -m tcp --dport 22 -j ACCEPT
        [0:0] -A PASSED -j GATE1
        COMMIT

        """
    }
}
