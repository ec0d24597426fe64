import KnockCore
import Testing

@testable import knockgate

@Suite struct DivertRuleTests {
    let wide = DivertRule(queue: 4747, mark: 0x1000)
    let narrow = DivertRule(queue: 7, mark: 0x8000_0000, ports: [.udp(4444), .tcp(22), .udp(2222), .tcp(22)])
    let note = """
        # Only the ports in the configuration are watched: a port scan in the middle of a sequence no longer spoils it,
        # and whoever may list the firewall's rules can read the ports to knock on.

        """
    let nftNote = """
        # "inet filter input" is to be the chain that rejects packets: an accept in a chain of the gate's own wouldn't
        # keep another chain from rejecting them later.

        """

    @Test func `the rule is one command for IPv4 and one for IPv6`() {
        #expect(
            wide.commands(.insert) == """
                iptables  -I INPUT ! -i lo -m conntrack --ctstate NEW -m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num 4747
                ip6tables -I INPUT ! -i lo -m conntrack --ctstate NEW -m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num 4747

                """)
    }

    @Test func `where a door hears other flags than SYN, invalid packets are sent, too`() {
        let rule = DivertRule(queue: 4747, mark: 0x1000, sendsInvalid: true)
        #expect(
            rule.commands(.insert).contains("iptables  -I INPUT ! -i lo -m conntrack --ctstate NEW,INVALID -m mark"))
        #expect(rule.restoreFile(.insert).contains("-6 -I INPUT ! -i lo -m conntrack --ctstate NEW,INVALID -m mark"))
        #expect(rule.nftFile.contains("ct state new,invalid meta mark"))
    }

    @Test func `the rule is removed by the same words`() {
        #expect(wide.commands(.remove) == wide.commands(.insert).replacing(" -I ", with: " -D "))
        #expect(wide.restoreFile(.remove) == wide.restoreFile(.insert).replacing(" -I ", with: " -D "))
    }

    @Test func `the file for iptables-restore has one table, whose rules name their family`() {
        #expect(
            wide.restoreFile(.insert) == """
                # For iptables-restore --noflush and for ip6tables-restore --noflush: each takes the lines of its family.
                # Into a rules file, as of netfilter-persistent, put only those that begin with -4 and -6, ahead of the COMMIT of its
                # own *filter table: a second table of that name would throw away the first, with all its rules.
                *filter
                -4 -I INPUT ! -i lo -m conntrack --ctstate NEW -m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num 4747
                -6 -I INPUT ! -i lo -m conntrack --ctstate NEW -m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num 4747
                COMMIT

                """)
    }

    @Test func `a narrow rule names each port once, a rule for each transport, and says what it costs`() {
        let after =
            "-m conntrack --ctstate NEW -m mark ! --mark 0x80000000/0x80000000 -j NFQUEUE --queue-num 7"
        #expect(
            narrow.commands(.insert) == note + """
                iptables  -I INPUT ! -i lo -p tcp -m multiport --dports 22 \(after)
                iptables  -I INPUT ! -i lo -p udp -m multiport --dports 2222,4444 \(after)
                ip6tables -I INPUT ! -i lo -p tcp -m multiport --dports 22 \(after)
                ip6tables -I INPUT ! -i lo -p udp -m multiport --dports 2222,4444 \(after)

                """)
        #expect(
            narrow.restoreFile(.insert) == note + DivertRule.restoreNote + """
                *filter
                -4 -I INPUT ! -i lo -p tcp -m multiport --dports 22 \(after)
                -4 -I INPUT ! -i lo -p udp -m multiport --dports 2222,4444 \(after)
                -6 -I INPUT ! -i lo -p tcp -m multiport --dports 22 \(after)
                -6 -I INPUT ! -i lo -p udp -m multiport --dports 2222,4444 \(after)
                COMMIT

                """)
    }

    @Test func `a narrow rule has at most 15 ports`() {
        let rule = DivertRule(queue: 1, mark: 1, ports: (1...31).map { .tcp($0) })
        let lists = rule.commands(.insert).split(separator: "\n").filter { $0.hasPrefix("iptables") }.map { line in
            line.split(separator: " ").drop { $0 != "--dports" }.dropFirst().first.map(String.init)
        }
        let expected = [1...15, 16...30, 31...31].map { $0.map(String.init).joined(separator: ",") }
        #expect(lists == expected)
    }

    @Test func `for nftables it is one rule for both families, with a comment to find it by`() {
        let rule = """
            insert rule inet filter input iifname != "lo" ct state new meta mark & 0x1000 != 0x1000 queue to 4747 \
            comment "knockgate"
            """
        #expect(wide.nftCommands(.insert) == nftNote + "nft '\(rule)'\n")
        #expect(wide.nftFile == nftNote + "\(rule)\n")
    }

    @Test func `a narrow rule for nftables has a set of ports for each transport`() {
        let after = "ct state new meta mark & 0x80000000 != 0x80000000 queue to 7 comment \"knockgate\""
        #expect(
            narrow.nftFile == note + nftNote + """
                insert rule inet filter input iifname != "lo" tcp dport { 22 } \(after)
                insert rule inet filter input iifname != "lo" udp dport { 2222, 4444 } \(after)

                """)
        let udp = DivertRule(queue: 7, mark: 1, ports: [.udp(1)])
        #expect(udp.nftFile.split(separator: "\n").count { $0.hasPrefix("insert") } == 1)
    }

    @Test func `for nftables it is removed by its comment`() {
        #expect(
            wide.nftCommands(.remove) == nftNote + #"""
                nft -a list chain inet filter input |
                    sed -n 's/.* comment "knockgate" # handle /delete rule inet filter input handle /p' |
                    nft -f -

                """#)
    }
}
