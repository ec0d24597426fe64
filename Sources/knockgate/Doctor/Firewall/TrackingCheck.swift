import KnockConfig
import KnockCore

/// Does the kernel follow the connections to the protected ports? To one that it doesn't, no packet is new, so that the gate's
/// rule takes none of them.
struct TrackingCheck {
    let chains: [BaseChain]
    let commands: RuleCommands

    var findings: [Finding] {
        chains.filter { $0.hook == "prerouting" }.flatMap { chain in
            chain.reachableRules.filter(\.keepsUntracked).compactMap { finding($0, in: chain) }
        }
    }

    private func finding(_ rule: FirewallRule, in chain: BaseChain) -> Finding? {
        let ports = commands.configuration.protectedPorts.filter { rule.reach(Probe(port: $0)) != .none }
        guard !ports.isEmpty else { return nil }
        return .wrong(
            "\(commands.family.name): \(rule.place(in: chain)) has packets to \(ports.listed) not tracked: they pass the "
                + "gate by, which is asked about new connections", mending: [commands.delete(rule, of: chain)])
    }
}

extension FirewallRule {
    /// Whether packets that it takes belong to no connection from there on: CT --notrack, NOTRACK, or nft's notrack.
    fileprivate var keepsUntracked: Bool {
        let words = text.split(separator: " ")
        return words.contains("--notrack") || words.contains("NOTRACK") || words.contains("notrack")
    }
}
