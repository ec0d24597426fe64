import KnockConfig
import KnockCore
import Testing

@testable import knockgate

/// The firewall as nft wrote it, and what the doctor says of it.
@Suite struct DoctorNftablesTests {
    /// What Debian's /etc/nftables.conf grows to, with the rule as `knockgate rule --nft` puts it in.
    private let fine = """
        table inet filter { # handle 1
        	set friends { # handle 9
        		type ipv4_addr
        		elements = { 192.0.2.1, 192.0.2.2 }
        	}

        	chain input { # handle 1
        		type filter hook input priority 0; policy drop;
        		iifname != "lo" ct state new meta mark & 0x00001000 != 0x00001000 queue to 4747 comment "knockgate" # handle 12
        		iif "lo" accept # handle 4
        		ct state vmap { invalid : drop, established : accept, related : accept } # handle 5
        		ip protocol icmp accept # handle 6
        		tcp dport { 80, 443,
        			 8000-8080 } accept # handle 7
        		log prefix "tcp dport 22 accept" counter packets 1 bytes 60 drop # handle 8
        	}

        	chain forward { # handle 2
        		type filter hook forward priority 0; policy drop;
        	}
        }

        """
    private var rule: String { fine.split(separator: "\n").first { $0.contains("queue to") }.map(String.init) ?? "" }

    @Test func `one rule for both families is fine`() {
        let place = "the rule with handle 12 of input in inet filter"
        #expect(
            lines(of: findings(fine)) == [
                "ok the IPv4 firewall sends new packets to queue 4747 (\(place))",
                "ok the IPv6 firewall sends new packets to queue 4747 (\(place))",
            ])
    }

    @Test(arguments: [
        "queue num 4747", "queue to 4740-4750", "queue flags fanout to 4740-4750", "queue num 4747-4748 fanout",
    ])
    func `a queue is written in several ways`(statement: String) {
        #expect(findings(fine.replacing("queue to 4747", with: statement)).map(\.gravity) == [.fine, .fine])
    }

    @Test(arguments: ["queue flags bypass to 4747", "queue num 4747 bypass", "queue flags bypass,fanout to 4740-4750"])
    func `the bypass is wrong`(statement: String) {
        let found = findings(fine.replacing("queue to 4747", with: statement))
        #expect(found[0].text.hasSuffix("has the bypass: while no daemon runs, the gate stands open"))
        #expect(found[0].mending == ["knockgate rule --nft --remove | sh", "knockgate rule --nft | sh"])
    }

    @Test func `without a rule, nft's own is to be put in`() {
        let found = findings(fine.replacing(rule + "\n", with: ""))
        #expect(found.map(\.gravity) == [.wrong] && found[0].mending == ["knockgate rule --nft | sh"])
    }

    @Test func `a rule without its mark match is wrong`() {
        let found = findings(fine.replacing("meta mark & 0x00001000 != 0x00001000 ", with: ""))
        #expect(found[0].text.contains("lacks its mark match"))
    }

    @Test(arguments: [
        "tcp dport 22 accept", "tcp dport { 22, 80 } accept", "tcp dport 20-30 accept", "tcp dport != 80 accept",
        "accept",
        "meta l4proto tcp accept", "meta l4proto { tcp, udp } th dport 22 accept", "ct state new tcp dport 22 accept",
        "tcp dport vmap { 80 : drop, 22 : accept }", "tcp dport 22 limit rate 3/minute burst 5 packets accept",
        "iifname \"eth0\" tcp dport 22 counter packets 0 bytes 0 accept", "ct state established,new accept",
        "tcp flags & (fin | syn | rst | ack) == syn accept", "jump in", "fib daddr type local accept",
        "ip daddr 203.0.113.5 tcp dport 22 accept",
    ])
    func `what accepts a protected port ahead of the rule hides it from the gate`(accept: String) {
        let jumped = "\tchain in { # handle 30\n\t\ttcp dport 22 accept # handle 31\n\t}\n"
        let ruleset = fine.replacing(rule, with: "\t\t\(accept) # handle 3\n\(rule)").replacing(
            "\tchain forward", with: jumped + "\tchain forward")
        let found = findings(ruleset)
        #expect(found[0].text.contains("accepts what comes to 22/tcp ahead of the gate"), "\(found)")
    }

    @Test(arguments: [
        "tcp dport 23 accept", "tcp dport { 23-25, 80 } accept", "iif \"lo\" accept",
        "ct state established,related accept",
        "meta l4proto icmp accept", "tcp flags & (fin | syn | rst | ack) == ack accept",
        "log prefix \"accept\"", "counter packets 5 bytes 7",
        "ct state vmap { established : accept, related : accept }",
        "jump out", "goto out", "fib daddr type { broadcast, multicast } accept", "fib daddr type != local accept",
        "ct state invalid drop",
    ])
    func `what accepts other packets ahead of the rule is fine`(accept: String) {
        let jumped = "\tchain out { # handle 30\n\t\treturn # handle 31\n\t\taccept # handle 32\n\t}\n"
        let placed = accept.hasPrefix("goto") ? "tcp dport 23 \(accept)" : accept
        let ruleset = fine.replacing(rule, with: "\t\t\(placed) # handle 3\n\(rule)").replacing(
            "\tchain forward", with: jumped + "\tchain forward")
        #expect(findings(ruleset).map(\.gravity) == [.fine, .fine], "\(findings(ruleset))")
    }

    @Test func `sources and what isn't understood are hints`() {
        for match in ["ip saddr 192.0.2.0/24", "ip saddr @friends", "socket transparent 1", "ct status dnat"] {
            let found = findings(fine.replacing(rule, with: "\t\t\(match) accept # handle 3\n\(rule)"))
            #expect(
                found.contains { $0.gravity == .hint } && !found.contains { $0.gravity == .wrong }, "\(match): \(found)"
            )
        }
    }

    @Test func `established connections have to be accepted in each chain`() {
        let found = findings(fine.replacing("established : accept, ", with: ""))
        #expect(found[0].text.contains("drops established connections"))
        #expect(found[0].mending == ["nft insert rule inet filter input ct state established,related accept"])
    }

    @Test func `a later chain that drops what the gate accepts is told of`() {
        let later = fine.replacing(rule + "\n", with: "")
        let saved = IptablesSave(
            """
            # Generated by iptables-save v1.8.9 (nf_tables) on Sat Nov 21 12:00:00 2026
            *filter
            :INPUT ACCEPT [0:0]
            -A INPUT ! -i lo -m conntrack --ctstate NEW -m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num 4747
            COMMIT
            """, command: "iptables")
        let chains =
            saved.chains
            + NftRuleset(later.replacing("hook input priority 0", with: "hook input priority 10")).baseChains(
                of: .ipv4, without: [])
        let found = check([Facts.Firewall(family: .ipv4, chains: chains)])
        #expect(
            found == [
                .wrong(
                    "IPv4: the gate alone can't let anybody in to 22/tcp: behind it the rule with handle 8 of input in inet "
                        + "filter drops what it accepts",
                    mending: ["nft insert rule inet filter input tcp dport 22 accept"])
            ])
    }

    @Test func `tables that iptables has told of are left out, and those of the other family`() {
        let ruleset = NftRuleset(fine.replacing("table inet", with: "table ip"))
        #expect(ruleset.baseChains(of: .ipv4, without: ["filter"]).isEmpty)
        #expect(ruleset.baseChains(of: .ipv4, without: []).count == 2)
        #expect(ruleset.baseChains(of: .ipv6, without: []).isEmpty)
    }

    @Test func `no prefix of a ruleset traps`() {
        for length in 0...fine.count { _ = NftRuleset(String(fine.prefix(length))).baseChains(of: .ipv4, without: []) }
        for text in [
            "}", "chain x {\n a\n}", "table inet t {\n chain c {\n type filter hook input priority",
            "table t {\nchain c {\naccept\n", "flags dormant\n", "table {\nflags dormant\n}\n", "tcp dport {\n",
        ] {
            #expect(NftRuleset(text).baseChains(of: .ipv4, without: []).isEmpty)
        }
    }

    @Test func `a chain without a priority has that of the filter`() {
        let text = "table inet t {\nchain c {\ntype filter hook input device priority\n"
        #expect(NftRuleset(text).baseChains(of: .ipv4, without: []).map(\.priority) == [0])
    }

    @Test func `a table that is switched off decides nothing`() {
        let dormant = fine.replacing(
            "table inet filter { # handle 1", with: "table inet filter { # handle 1\n\tflags dormant\n")
        #expect(NftRuleset(fine).baseChains(of: .ipv4, without: []).count == 2)
        #expect(NftRuleset(dormant).baseChains(of: .ipv4, without: []).isEmpty)
    }

    private func findings(_ ruleset: String) -> [Finding] {
        let ruleset = NftRuleset(ruleset)
        return check(
            [.ipv4, .ipv6].map { Facts.Firewall(family: $0, chains: ruleset.baseChains(of: $0, without: [])) })
    }

    private func check(_ firewalls: [Facts.Firewall]) -> [Finding] {
        FirewallCheck(
            firewalls: firewalls, configuration: .sshDoor, path: ConfigOption.defaultPath, hasRuleService: true
        ).findings
    }
}
