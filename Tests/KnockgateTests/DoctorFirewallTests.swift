import KnockConfig
import KnockCore
import Testing

@testable import knockgate

/// The firewall as iptables-save wrote it, and what the doctor says of it.
@Suite struct DoctorFirewallTests {
    private static let rule =
        "-A INPUT ! -i lo -m conntrack --ctstate NEW -m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num 4747"
    private static let insert =
        "tables -I INPUT ! -i lo -m conntrack --ctstate NEW -m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num 4747"
    private static let established = "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
    private static let behindGate = [
        established, "-A INPUT -p icmp -j ACCEPT", "-A INPUT -j REJECT --reject-with icmp-port-unreachable",
    ]
    private static let fine = [
        "ok the IPv4 firewall sends new packets to queue 4747 (rule 1 of INPUT)",
        "ok the IPv6 firewall sends new packets to queue 4747 (rule 1 of INPUT)",
    ]

    private var (rule, insert, established) = (Self.rule, Self.insert, Self.established)

    // MARK: - The rule

    @Test func `the rule as knockgate prints it is fine, over both families`() {
        #expect(lines(of: findings([rule] + Self.behindGate)) == Self.fine)
    }

    @Test func `every rule that knockgate rule prints is fine, for any configuration`() {
        var configuration = Configuration.sshDoor
        (configuration.queue, configuration.mark) = (7, 0x8000_0000)
        configuration.rules.doors[0].tcpFlags = TCPFlagsFilter(set: .fin, clear: [])
        for ports in [nil, [Port.tcp(22), .udp(2222), .tcp(3333), .udp(4444)]] {
            let printed = DivertRule(queue: 7, mark: 0x8000_0000, ports: ports, sendsInvalid: true).commands(.insert)
            let rules = printed.split(separator: "\n").filter { $0.hasPrefix("iptables ") }.map {
                "-A" + $0.drop { $0 != "-" }.dropFirst(2)
            }
            #expect(!rules.isEmpty)
            let found = findings(rules + Self.behindGate, configuration: configuration)
            #expect(found.allSatisfy { $0.gravity == .fine }, "\(found)")
        }
    }

    @Test(arguments: ["CT --notrack", "NOTRACK"])
    func `packets that aren't tracked are new to nobody, and pass the gate by`(target: String) {
        let raw = IptablesSave(
            """
            *raw
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -p udp -m udp --dport 53 -j \(target)
            -A PREROUTING -p tcp -m tcp --dport 22 -j \(target)
            COMMIT

            """, command: "iptables")
        let found = check([
            Facts.Firewall(family: .ipv4, chains: raw.chains + saved([rule] + Self.behindGate).chains)
        ])
        #expect(
            lines(of: found).first
                == "wrong IPv4: rule 2 of PREROUTING in raw has packets to 22/tcp not tracked: they pass the gate by, "
                + "which is asked about new connections")
        #expect(found.first?.mending == ["iptables -t raw -D PREROUTING 2"])
    }

    @Test func `without any rule there is no gate`() {
        let found = findings(Self.behindGate)
        #expect(
            lines(of: found) == [
                "wrong no rule sends new packets to queue 4747: the firewall decides as if there were no gate"
            ])
        #expect(found[0].mending == ["knockgate rule | sh"])
    }

    @Test func `where the packaged rule's service is there, that mends it; for another configuration it can't`() {
        #expect(
            findings([], hasRuleService: true)[0].mending == [
                "systemctl enable knockgate-rule", "systemctl restart knockgate-rule",
            ])
        #expect(
            findings([], path: "/tmp/my conf", hasRuleService: true)[0].mending == [
                "knockgate rule --config '/tmp/my conf' | sh"
            ])
    }

    @Test func `a rule for IPv4 alone leaves IPv6 without a gate, and the other way round`() {
        let without6 = findings([rule], ipv6: Self.behindGate)
        #expect(
            lines(of: without6) == [
                Self.fine[0], "wrong no IPv6 rule sends new packets to queue 4747: over IPv6 there is no gate",
            ])
        #expect(without6[1].mending == ["ip6" + insert])
        let without4 = findings([], ipv6: [rule])
        #expect(without4[0].text.hasPrefix("no IPv4 rule") && without4[0].mending == ["ip" + insert])
    }

    @Test func `the missing rule goes into the table where the other family's is`() {
        let found = findings([rule], ipv6: [], table: "mangle")
        #expect(found[1].mending == ["ip6tables -t mangle" + insert.dropFirst("tables".count)])
    }

    @Test func `a machine without IPv6 needs no rule for it`() {
        let firewall = Facts.Firewall(family: .ipv4, chains: saved([rule]).chains)
        #expect(lines(of: check([firewall])) == [Self.fine[0]])
    }

    @Test func `a rule to another queue is named where ours is missing, and is nobody's business else`() {
        let other = rule.replacing("4747", with: "7")
        let text =
            "wrong no IPv4 rule sends new packets to queue 4747: rule 1 of INPUT for IPv4 sends packets to queue 7"
        #expect(lines(of: findings([other], ipv6: [rule])).first == text)
        #expect(
            lines(of: findings([rule, "-A INPUT -p tcp --dport 80 -j NFQUEUE --queue-num 7"], ipv6: [rule]))
                == Self.fine)
    }

    @Test func `a rule where no inbound packet comes by is named`() {
        let stray = saved([rule.replacing("INPUT", with: "FORWARD")])
        let found = check([Facts.Firewall(family: .ipv4, chains: stray.chains)])
        #expect(
            lines(of: found) == [
                "wrong no rule sends new packets to queue 4747: "
                    + "rule 1 of FORWARD for IPv4 does, but only inbound packets are the gate's (INPUT)"
            ])
    }

    @Test(arguments: [
        (rule + " --queue-bypass", "has the bypass: while no daemon runs, the gate stands open"),
        (
            rule.replacing("-m mark ! --mark 0x1000/0x1000 ", with: ""),
            "lacks its mark match: what the gate passes on comes back to it, and is dropped"
        ),
        (
            rule.replacing("0x1000/0x1000", with: "0x2000/0x2000"),
            "leaves out mark 0x2000/0x2000, not the configuration's 0x1000/0x1000: "
                + "what the gate passes on comes back to it, and is dropped"
        ),
        (
            rule.replacing("0x1000/0x1000", with: "0x1000"),
            "leaves out mark 0x1000/0xffffffff, not the configuration's 0x1000/0x1000: "
                + "what the gate passes on comes back to it, and is dropped"
        ),
        (
            rule.replacing("-m conntrack --ctstate NEW ", with: ""),
            "takes established connections, too (it lacks --ctstate NEW): they end when their lease does"
        ),
    ])
    func `a rule that says something else is replaced, first the right one in, then the wrong one out`(
        wrong: String, words: String
    ) {
        let found = findings([wrong] + Self.behindGate, ipv6: [rule])
        #expect(lines(of: found) == ["wrong IPv4: rule 1 of INPUT \(words)", Self.fine[1]])
        #expect(found[0].mending == ["ip" + insert, "iptables -D INPUT 2"])
    }

    @Test func `a balance of queues that ours is among is ours`() {
        let balanced = rule.replacing("--queue-num 4747", with: "--queue-balance 4740:4750")
        #expect(lines(of: findings([balanced] + Self.behindGate)) == Self.fine)
        let past = rule.replacing("--queue-num 4747", with: "--queue-balance 4740:4746")
        #expect(findings([past])[0].gravity == .wrong)
    }

    @Test func `a door that hears other flags wants what conntrack calls invalid`() {
        var configuration = Configuration.sshDoor
        configuration.rules.doors[0].tcpFlags = TCPFlagsFilter(set: .fin, clear: [])
        let words =
            "rule 1 of INPUT takes new packets alone, but a door's tcpflags wants some that conntrack calls invalid"
        let found = findings([rule], ipv6: [rule.replacing("NEW", with: "INVALID,NEW")], configuration: configuration)
        #expect(lines(of: found) == ["wrong IPv4: \(words)", Self.fine[1]])
        #expect(found[0].mending[0].contains("--ctstate NEW,INVALID"))
    }

    @Test func `a rule that takes loopback's packets is hinted at`() {
        let found = findings([rule.replacing("! -i lo ", with: "")], ipv6: [rule])
        #expect(
            lines(of: found) == [
                Self.fine[0],
                "hint IPv4: rule 1 of INPUT takes loopback's packets, too: programs on this machine have to knock",
                Self.fine[1],
            ])
    }

    @Test func `the rule twice is once too often`() {
        let found = findings([rule, rule], ipv6: [rule])
        #expect(found.map(\.gravity) == [.fine, .hint, .fine])
        #expect(
            found[1].text
                == "IPv4: the gate has 2 rules for the same packets (rule 1 of INPUT, rule 2 of INPUT), one is enough")
        #expect(found[1].mending == ["iptables -D INPUT 2"])
    }

    // MARK: - Ahead of the rule

    @Test(arguments: [
        "-p tcp -m tcp --dport 22", "-p tcp -m tcp --dport 20:30", "-p tcp -m multiport --dports 80,20:22",
        "-p tcp -m conntrack --ctstate NEW -m tcp --dport 22", "-p tcp -m state --state NEW,ESTABLISHED", "-p tcp", "",
        "-i eth0 -p tcp -m tcp --dport 22", "-d 203.0.113.5/32 -p tcp -m tcp --dport 22", "-p 6 -m tcp --dport 22",
        "-p tcp -m tcp --dport 22 -m comment --comment \"it\\'s -j DROP\"", "-p tcp -m tcp ! --dport 80",
        "-p tcp -m tcp --dport 22 --tcp-flags FIN,SYN,RST,ACK SYN", "-m mark ! --mark 0x1/0x1",
        "-p tcp -m tcp --dport 22 -m limit --limit 3/min", "-m addrtype --dst-type LOCAL", "! -i lo",
        "-p tcp -m conntrack ! --ctstate INVALID",
    ])
    func `what accepts a protected port ahead of the gate hides it from the gate`(match: String) {
        let accept = "-A INPUT \(match) -j ACCEPT".replacing("  ", with: " ")
        let found = findings(["-A INPUT -i lo -j ACCEPT", established, accept, rule], ipv6: [rule])
        let words = accept.dropFirst("-A INPUT ".count)
        #expect(
            found.first
                == .wrong(
                    "IPv4: rule 3 of INPUT (\(words)) accepts what comes to 22/tcp ahead of the gate, which never sees it",
                    mending: ["ip" + insert, "iptables -D INPUT 5"]))
    }

    @Test(arguments: [
        "-i lo", "-p udp", "-p tcp -m tcp --dport 23", "-p tcp -m multiport --dports 80,443", "-p icmp",
        "-m conntrack --ctstate RELATED,ESTABLISHED", "-m mark --mark 0x1/0x1", "-p tcp -m tcp ! --dport 22",
        "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN", "-m conntrack ! --ctstate NEW",
        "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW -m socket -m comment --comment x",
        "-m addrtype --dst-type BROADCAST,MULTICAST", "-m addrtype ! --dst-type LOCAL",
    ])
    func `what accepts other packets ahead of the gate is fine`(match: String) {
        var configuration = Configuration.sshDoor
        configuration.rules.doors[0].sequence = KnockSequence([.tcp(22_222), .tcp(3333), .tcp(4444)]) ?? .example
        let exempt = match.contains("! --dport 22") ? "-p udp" : match  // It would take the knocks.
        let found = findings(["-A INPUT \(exempt) -j ACCEPT", rule], ipv6: [rule], configuration: configuration)
        #expect(found.map(\.gravity) == [.fine, .fine], "\(found)")
    }

    @Test(arguments: ["-s 192.168.1.0/24 -p tcp -m tcp --dport 22", "-p tcp -m set --match-set friends src"])
    func `what accepts a protected port for some sources ahead of the gate is a hint`(match: String) {
        let found = findings(["-A INPUT \(match) -j ACCEPT", rule], ipv6: [rule])
        #expect(
            lines(of: found).contains(
                "hint IPv4: rule 1 of INPUT (\(match) -j ACCEPT) lets some sources in without a knock; allow_from can say the same"
            ))
        #expect(!found.contains { $0.gravity == .wrong })
    }

    @Test func `an interface that strangers don't come by is some sources`() {
        let rules = saved(["-A INPUT -i wg0 -j ACCEPT", rule])
        let seen = { (outside: Set<String>) in
            check([Facts.Firewall(family: .ipv4, chains: rules.chains.map { $0.seen(from: outside) })]).map(\.gravity)
        }
        #expect(seen([]) == [.wrong])
        #expect(seen(["eth0"]) == [.fine, .hint])
        #expect(seen(["eth0", "wg0"]) == [.wrong])
    }

    @Test func `an accept is found in the chains that are jumped to, as ufw has them`() {
        let ufw = [
            "-A INPUT -j ufw-before-input", "-A INPUT -j ufw-user-input", rule,
            "-A ufw-before-input -i lo -j ACCEPT", "-A ufw-before-input -m addrtype --dst-type LOCAL -j RETURN",
            "-A ufw-before-input -j DROP", "-A ufw-user-input -p udp -g ufw-udp",
            "-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT", "-A ufw-udp -j RETURN",
        ]
        let found = findings(ufw, ipv6: [rule])
        #expect(
            found.first?.text
                == "IPv4: rule 2 of ufw-user-input (-p tcp -m tcp --dport 22 -j ACCEPT) accepts what comes to 22/tcp ahead of "
                + "the gate, which never sees it")
        #expect(found.first?.mending.last == "iptables -D INPUT 4")
    }

    @Test func `chains that jump in circles, or without end, are walked no further than they can be`() {
        let circle = ["-A INPUT -j a", "-A a -j b", "-A b -j a", rule]
        #expect(lines(of: findings(circle, ipv6: [rule])).first?.hasPrefix("ok") == true)
        let names = ["INPUT"] + (0..<14).map { "c\($0)" }
        let fans = zip(names, names.dropFirst()).flatMap { name, next in
            Array(repeating: "-A \(name) -j \(next)", count: 9)
        }
        #expect(findings(fans + [rule], ipv6: [rule]).count >= 1)
    }

    @Test func `a rule below one that drops everything is never reached`() {
        let found = findings(Self.behindGate + [rule], ipv6: [rule])
        #expect(
            found[0]
                == .wrong(
                    "IPv4: rule 3 of INPUT (-j REJECT --reject-with icmp-port-unreachable) drops what comes to 22/tcp ahead "
                        + "of the gate: nobody gets in", mending: ["ip" + insert, "iptables -D INPUT 5"]))
        #expect(found.filter { $0.gravity == .wrong }.count == 1, "the knocks are taken by the same rule: \(found)")
    }

    @Test func `a knock that is taken ahead of the gate is told of, but not which`() {
        let found = findings(["-A INPUT -p tcp -m tcp --dport 3333 -j DROP", rule], ipv6: [rule])
        #expect(
            lines(of: found) == [
                "wrong IPv4: rule 1 of INPUT takes a knock of door ssh ahead of the gate, which never hears it",
                Self.fine[1],
            ])
        #expect(!"\(found)".contains("3333"))
    }

    @Test func `a gate's rule in a chain of its own is taken out there, where nothing was put in front of it`() {
        let found = findings(
            ["-A INPUT -j own", rule.replacing("INPUT", with: "own") + " --queue-bypass"], ipv6: [rule])
        #expect(found[0].text == "IPv4: rule 1 of own has the bypass: while no daemon runs, the gate stands open")
        #expect(found[0].mending == ["ip" + insert, "iptables -D own 1"])
    }

    // MARK: - The way through the chains

    /// What a new packet to 22/tcp meets: the rules' numbers and reach, and the policy.
    private func encounters(_ rules: [String]) -> [String] {
        let chain = saved(rules.map { "-A " + $0 }, policy: "DROP").chains.first { $0.name == "INPUT" }
        return (chain?.encounters(Probe(port: .tcp(22))) ?? []).map { encounter in
            (encounter.rule.map { "\($0.chain) \($0.number)" } ?? "policy") + " \(encounter.reach)"
        }
    }

    @Test func `the way ends at the first rule that decides about all packets, or at the policy`() {
        #expect(encounters(["INPUT -j ACCEPT", "INPUT -j DROP"]) == ["INPUT 1 all"])
        #expect(encounters(["INPUT -p udp -j ACCEPT", "INPUT -j LOG"]) == ["policy all"])
        #expect(
            encounters(["INPUT -s 10.0.0.0/8 -j DROP", "INPUT -j ACCEPT"]) == ["INPUT 1 someSources", "INPUT 2 all"])
        #expect(encounters(["INPUT -j a", "INPUT -j DROP", "a -j ACCEPT"]) == ["a 1 all"])
    }

    @Test func `a chain that some packets jump to decides about those alone`() {
        let some = ["INPUT -i eth0 -j a", "INPUT -j DROP", "a -j ACCEPT"]
        #expect(encounters(some) == ["a 1 some", "INPUT 2 all"])
        let fewer = ["INPUT -i eth0 -j a", "a -s 10.0.0.0/8 -j ACCEPT"]
        #expect(encounters(fewer) == ["a 1 someSources", "policy all"])
    }

    @Test func `a jump comes back, a goto doesn't, and RETURN goes back for those that it takes`() {
        #expect(encounters(["INPUT -j a", "INPUT -j ACCEPT", "a -j LOG"]) == ["INPUT 2 all"])
        #expect(encounters(["INPUT -g a", "INPUT -j ACCEPT", "a -j LOG"]) == ["policy all"])
        #expect(encounters(["INPUT -p udp -g a", "INPUT -j ACCEPT", "a -j LOG"]) == ["INPUT 2 all"])
        #expect(encounters(["INPUT -j a", "INPUT -j ACCEPT", "a -j RETURN", "a -j DROP"]) == ["INPUT 2 all"])
        #expect(encounters(["INPUT -j a", "a -s 10.0.0.0/8 -j RETURN", "a -j DROP"]) == ["a 2 all"])
        #expect(
            encounters(["INPUT -i eth0 -j a", "a -i eth0 -j RETURN", "a -j ACCEPT"]) == ["a 2 some", "policy all"])
        #expect(encounters(["INPUT -j RETURN", "INPUT -j ACCEPT"]) == ["policy all"])
    }

    // MARK: - Narrow rules

    private func narrow(_ ports: [String: String], states: String = "NEW") -> [String] {
        ports.sorted { $0.key < $1.key }.map { transport, list in
            "-A INPUT ! -i lo -p \(transport) -m multiport --dports \(list) -m conntrack --ctstate \(states) "
                + "-m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num 4747"
        }
    }

    @Test func `a narrow rule has to name all ports of the doors`() {
        let whole = narrow(["tcp": "22,3333", "udp": "2222,4444"])
        #expect(findings(whole, ipv6: [rule]).map(\.gravity) == [.fine, .fine])
        let withoutDoor = findings(narrow(["tcp": "3333", "udp": "2222,4444"]), ipv6: [rule])
        #expect(lines(of: withoutDoor)[0] == "wrong IPv4: no rule sends new packets to 22/tcp to the gate")
        #expect(
            withoutDoor[0].mending == [
                "iptables -D INPUT 2", "iptables -D INPUT 1", "knockgate rule --narrow | grep '^iptables ' | sh",
            ])
        let withoutKnock = findings(narrow(["tcp": "22,3333", "udp": "2222"]), ipv6: [rule])
        #expect(lines(of: withoutKnock)[0] == "wrong IPv4: the rule doesn't send every knock of door ssh to the gate")
    }

    @Test func `a rule with a further match is a hint`() {
        let found = findings([rule.replacing("! -i lo", with: "-i eth0")], ipv6: [rule])
        #expect(found.map(\.gravity) == [.fine, .hint, .fine])
        #expect(
            found[1].text
                == "IPv4: the rule has further matches, so that the gate sees some of the packets to 22/tcp only")
    }

    // MARK: - Behind the rule

    @Test func `a firewall that drops established connections breaks off whoever got in`() {
        let words = "drops established connections: whoever gets in hangs with the next packet"
        let policy = findings([rule], ipv6: [rule], policy: "DROP")
        #expect(
            lines(of: policy) == [
                "wrong IPv4: the policy of INPUT \(words)", "wrong IPv6: the policy of INPUT \(words)",
            ])
        #expect(
            policy.map(\.mending)
                == ["ip", "ip6"].map {
                    ["\($0)tables -I INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"]
                })
        let catchAll = findings([rule, "-A INPUT -j DROP"], ipv6: [rule])
        #expect(lines(of: catchAll)[0] == "wrong IPv4: rule 2 of INPUT \(words)")
        #expect(findings([rule, established], policy: "DROP").map(\.gravity) == [.fine, .fine])
        let banning = [
            rule, "-A INPUT -s 198.51.100.7/32 -j DROP", "-A INPUT -m limit --limit 3/min -j DROP", established,
        ]
        #expect(findings(banning, policy: "DROP").map(\.gravity) == [.fine, .fine], "some packets aren't all")
        let late = findings([rule, "-A INPUT -j DROP", established], ipv6: [rule])
        #expect(lines(of: late)[0] == "wrong IPv4: rule 2 of INPUT \(words)", "the accept comes too late")
    }

    @Test func `in mangle, the firewall behind the gate has to accept the protected port`() {
        var configuration = Configuration.sshDoor
        configuration.rules.otherwise = .accept
        let found = { (filter: [String]) in
            let chains = saved([rule], table: "mangle").chains + saved(filter, policy: "DROP").chains
            return check([Facts.Firewall(family: .ipv4, chains: chains)], configuration: configuration)
        }
        #expect(
            found([established]) == [
                .wrong(
                    "IPv4: the gate alone can't let anybody in to 22/tcp: behind it the policy of INPUT drops what it accepts",
                    mending: ["iptables -I INPUT -p tcp --dport 22 -j ACCEPT"])
            ])
        #expect(
            lines(of: found([established, "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT"])) == [
                "ok the IPv4 firewall sends new packets to queue 4747 (rule 1 of INPUT in mangle)"
            ])
    }

    @Test func `accept for all that no door protects is for mangle, not for filter`() {
        var configuration = Configuration.sshDoor
        configuration.rules.otherwise = .accept
        let found = findings([rule], ipv6: [], configuration: configuration)
        #expect(
            found.contains(
                .wrong(
                    "IPv4: with otherwise = accept and its rule in filter, the gate lets everybody in to all that no door "
                        + "protects: say otherwise = next",
                    mending: ["${EDITOR:-nano} /etc/knockgate/knockgate.conf && knockgate reload"])))
    }

    @Test func `a closed door that leaves its port to the firewall needs one that refuses`() {
        var configuration = Configuration.sshDoor
        configuration.rules.closed = .next
        let open = { (rules: [String], policy: String) in
            findings(
                rules, ipv6: [rule, "-A INPUT -p tcp -j DROP", established], policy: policy,
                configuration: configuration
            )
            .filter { $0.text.contains("closed = next") }.map(\.text)
        }
        let words = "IPv4: closed = next leaves 22/tcp to the firewall, where"
        let advice = "lets everybody in: say closed = drop, or have the firewall refuse them"
        let accept = "-p tcp -m tcp --dport 22 -j ACCEPT"
        #expect(
            open([rule, established, "-A INPUT " + accept], "DROP") == [
                "\(words) rule 3 of INPUT (\(accept)) \(advice)"
            ])
        #expect(open([rule], "ACCEPT") == ["\(words) the policy of INPUT \(advice)"])
        #expect(open([rule, established], "DROP") == [])
        #expect(open([rule, established, "-A INPUT -s 10.0.0.0/8 -j ACCEPT", "-A INPUT -j DROP"], "ACCEPT") == [])
        configuration.rules.closed = .drop
        #expect(open([rule], "ACCEPT") == [], "drop leaves nothing to the firewall")
    }

    // MARK: - Text of iptables-save

    @Test func `words are held together by quotes`() {
        #expect(
            IptablesWords(#"-A x --comment "it\'s \"me\" -j DROP" -j  ACCEPT ''"#).words == [
                "-A", "x", "--comment", #"it's "me" -j DROP"#, "-j", "ACCEPT", "''",
            ])
    }

    @Test func `what isn't iptables-save's text is no rule, and no prefix of it traps`() {
        let text =
            "*filter\n:INPUT DROP [0:0]\n:a - [0:0]\n\(rule)\n-A a --mark\n-A\n-A a -m\n-A a --dport 9:1 -p\nCOMMIT\n"
        #expect(IptablesSave(text, command: "iptables").chains.first?.reachableRules.count == 1)
        for length in 0..<text.count - 1 {
            #expect(IptablesSave(String(text.prefix(length)), command: "iptables").chains.isEmpty)
        }
    }

    @Test func `whose rules they are, and whether there are others, stands in the comments`() {
        let nftables = IptablesSave(
            "# Generated by iptables-save v1.8.9 (nf_tables) on Sat Nov 21\n", command: "iptables")
        #expect(nftables.isInNftables && !nftables.mentionsLegacy)
        let legacy = IptablesSave("# Generated by iptables-save v1.8.9 on Sat Nov 21\n", command: "iptables")
        #expect(!legacy.isInNftables)
        let warning = "# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n"
        #expect(IptablesSave(warning, command: "iptables").mentionsLegacy)
    }

    // MARK: -

    private func findings(
        _ rules: [String], ipv6: [String]? = nil, table: String = "filter", policy: String = "ACCEPT",
        configuration: Configuration = .sshDoor, path: String = ConfigOption.defaultPath, hasRuleService: Bool = false
    ) -> [Finding] {
        check(
            [
                Facts.Firewall(family: .ipv4, chains: saved(rules, table: table, policy: policy).chains),
                Facts.Firewall(
                    family: .ipv6, chains: saved(ipv6 ?? rules, table: table, policy: policy, tool: "ip6tables").chains),
            ], configuration: configuration, path: path, hasRuleService: hasRuleService)
    }

    private func check(
        _ firewalls: [Facts.Firewall], configuration: Configuration = .sshDoor, path: String = ConfigOption.defaultPath,
        hasRuleService: Bool = false
    ) -> [Finding] {
        FirewallCheck(
            firewalls: firewalls, configuration: configuration, path: path, hasRuleService: hasRuleService
        ).findings
    }

    private func saved(
        _ rules: [String], table: String = "filter", policy: String = "ACCEPT", tool: String = "iptables"
    ) -> IptablesSave {
        let lines =
            ["*\(table)", ":INPUT \(policy) [0:0]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]"] + rules + [
                "COMMIT"
            ]
        return IptablesSave(lines.joined(separator: "\n") + "\n", command: tool)
    }
}

/// Findings without their commands: `ok …`, `wrong …`, `hint …`.
func lines(of findings: [Finding]) -> [String] { findings.map { "\($0.gravity.rawValue) \($0.text)" } }

extension Configuration {
    /// One door before SSH.
    static var sshDoor: Configuration {
        var configuration = Configuration()
        configuration.rules.doors = [Door(name: "ssh", protects: [.tcp(22)], sequence: .example)]
        return configuration
    }
}

extension KnockSequence {
    static var example: KnockSequence {
        guard let sequence = KnockSequence([.udp(2222), .tcp(3333), .udp(4444)]) else {
            fatalError("a sequence of three")
        }
        return sequence
    }
}
