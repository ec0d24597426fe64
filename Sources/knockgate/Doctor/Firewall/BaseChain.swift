/// A chain that the kernel itself sends packets to, with the chains that its rules can jump to.
struct BaseChain: Equatable {
    let tool: FirewallTool
    let table: String
    let name: String
    /// Where in the packet's way it stands, in nftables' words: input, forward, prerouting, …
    let hook: String
    /// Chains of the same hook are walked in this order.
    let priority: Int
    /// Whether what no rule decided is dropped.
    let dropsByPolicy: Bool
    /// All chains of the table, this one among them.
    let chains: [String: [FirewallRule]]

    /// The same chain, with interfaces told apart: a rule for one that leads elsewhere than `outside`, into a VPN or a LAN, is a
    /// rule for some sources. Where nobody knows what leads outside, any may.
    func seen(from outside: Set<String>) -> BaseChain {
        guard !outside.isEmpty else { return self }
        let chains = chains.mapValues { rules in
            rules.map { rule in
                var rule = rule
                rule.conditions = rule.conditions.map { $0.leads(to: outside) ? $0 : .someSources }
                return rule
            }
        }
        return BaseChain(
            tool: tool, table: table, name: name, hook: hook, priority: priority, dropsByPolicy: dropsByPolicy,
            chains: chains)
    }

    /// The rules that a packet can come by here, in no certain order.
    var reachableRules: [FirewallRule] {
        var rules: [FirewallRule] = []
        var seen: Set = [name]
        var waiting = [name]
        while let chain = waiting.popLast() {
            for rule in chains[chain] ?? [] {
                rules.append(rule)
                switch rule.target {
                case .jump(let next), .goto(let next): if seen.insert(next).inserted { waiting.append(next) }
                default: break
                }
            }
        }
        return rules
    }

    /// What packets like `probe` meet on their way through, in order, up to where all of them have met something; the last
    /// may be the policy.
    func encounters(_ probe: Probe) -> [Encounter] {
        var walk = Walk(chains: chains, probe: probe)
        if !walk.through(name, reach: .all, depth: 0) {
            walk.encounters.append(Encounter(rule: nil, outcome: dropsByPolicy ? .drop : .accept, reach: .all))
        }
        return walk.encounters
    }
}

/// A rule, or a chain's policy, that decides about some packets or all.
struct Encounter: Equatable {
    /// Nil for the policy.
    let rule: FirewallRule?
    /// Accept, drop or queue.
    let outcome: FirewallRule.Target
    let reach: Reach
}

/// A packet's way through a table's chains.
private struct Walk {
    let chains: [String: [FirewallRule]]
    let probe: Probe
    var encounters: [Encounter] = []
    /// Chains that jump to one another many times are walked no further than this.
    var steps = 100_000

    /// Walks through a chain; true when all packets have met something that decides.
    mutating func through(_ chain: String, reach limit: Reach, depth: Int) -> Bool {
        // The kernel takes no deeper nesting (NFT_JUMP_STACK_SIZE), and no loops.
        guard depth < 16 else { return false }
        for rule in chains[chain] ?? [] where steps > 0 {
            steps -= 1
            let own = rule.reach(probe)
            let reach = min(limit, own)
            guard reach != .none else { continue }
            switch rule.target {
            case .accept, .drop, .queue:
                encounters.append(Encounter(rule: rule, outcome: rule.target, reach: reach))
                if reach == .all { return true }
            case .jump(let next):
                if through(next, reach: reach, depth: depth + 1) { return true }
            case .goto(let next):
                if through(next, reach: reach, depth: depth + 1) { return true }
                if own == .all { return false }
            case .leave:
                if own == .all { return false }
            case .other: break
            }
        }
        return false
    }
}
