/// What stands behind, or in the place of, the gate.
struct Firewall: Sendable {
    /// The rules ahead of the last one, for iptables-restore.
    var rules: [String] = []
    /// What becomes of the rest; nothing is answered, if it isn't said otherwise.
    var last = "-A INPUT -j DROP"

    static let established = "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"

    /// As DESIGN, "The rule".
    static let toQueue =
        "-A INPUT ! -i lo -m conntrack --ctstate NEW -m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num \(Bench.queue)"

    /// The one rule, and behind it a firewall that drops everything.
    static let gate = Firewall(rules: [toQueue, established])
    /// Nothing but that firewall.
    static let plain = Firewall(rules: [established])
    /// The well-known recipe with the `recent` match: a list of addresses for each knock heard.
    static let recent = Firewall(
        rules: [established] + [
            "-A INPUT -m recent --rcheck --seconds 30 --name KNOCK3 -j PASSED",
            "-A INPUT -m recent --rcheck --seconds 15 --name KNOCK2 -j GATE3",
            "-A INPUT -m recent --rcheck --seconds 15 --name KNOCK1 -j GATE2",
            "-A INPUT -j GATE1",
            "-A GATE1 -p udp --dport 2222 -m recent --name KNOCK1 --set -j DROP",
            "-A GATE1 -j RETURN",
            "-A GATE2 -m recent --name KNOCK1 --remove",
            "-A GATE2 -p tcp --dport 3333 -m recent --name KNOCK2 --set -j DROP",
            "-A GATE2 -j GATE1",
            "-A GATE3 -m recent --name KNOCK2 --remove",
            "-A GATE3 -p udp --dport 4444 -m recent --name KNOCK3 --set -j DROP",
            "-A GATE3 -j GATE1",
            "-A PASSED -m recent --name KNOCK3 --remove",
            "-A PASSED -p tcp --dport \(Bench.port) -j ACCEPT",
            "-A PASSED -j GATE1",
        ])
    /// One rule that lets in who is in a set; the set has to be there.
    static let set = Firewall(rules: [
        established, "-A INPUT -p tcp --dport \(Bench.port) -m set --match-set open src -j ACCEPT",
    ])

    /// For iptables-restore.
    fileprivate var text: String {
        let chains = ["INPUT", "FORWARD", "OUTPUT"].map { ":\($0) ACCEPT [0:0]" }
        let own = ["GATE1", "GATE2", "GATE3", "PASSED"].filter { name in rules.contains { $0.contains(name) } }
        return
            (["*filter"] + chains + own.map { ":\($0) - [0:0]" } + rules + [last, "COMMIT"]).joined(separator: "\n")
            + "\n"
    }
}

extension Bench {
    /// Puts a firewall in the place of the one before; its counters begin at 0.
    func install(_ firewall: Firewall) async throws {
        try await server.run(.iptablesRestore, ["-w"], input: firewall.text)
    }

    /// The same for IPv6.
    func installIPv6(_ firewall: Firewall) async throws {
        try await server.run(.ip6tablesRestore, ["-w"], input: firewall.text)
    }

    /// How many packets have come to the last rule.
    func countOfLastRule() async throws -> Int {
        let lines = try await server.run(.iptablesSave, ["-c", "-t", "filter"], within: .seconds(60))
        let last = lines.split(separator: "\n").last { $0.contains("] -A INPUT ") }
        guard let count = last?.dropFirst().split(separator: ":").first.flatMap({ Int($0) }) else {
            throw BenchError("the firewall has no rule to count by: \(lines)")
        }
        return count
    }
}
