import KnockConfig
import KnockCore

/// Do the packets that the gate is to judge come to it, over either family?
struct FirewallCheck {
    let firewalls: [Facts.Firewall]
    let configuration: Configuration
    let path: String
    let hasRuleService: Bool

    var findings: [Finding] {
        let seen = firewalls.filter { $0.unseen.isEmpty }
        let isGateless = !seen.isEmpty && seen.allSatisfy(isGateless)
        return firewalls.flatMap(\.unseen) + (isGateless ? [gateless] : seen.flatMap { judge($0, beside: seen) })
    }

    private func judge(_ firewall: Facts.Firewall, beside others: [Facts.Firewall]) -> [Finding] {
        isGateless(firewall)
            ? [missingRule(firewall, beside: others)]
            : TrackingCheck(chains: firewall.chains, commands: commands(firewall.family)).findings
                + FamilyCheck(chains: firewall.chains, commands: commands(firewall.family)).findings
    }

    private func isGateless(_ firewall: Facts.Firewall) -> Bool {
        GateRule.all(in: firewall.chains, queue: configuration.queue).isEmpty
    }

    private func commands(_ family: Address.Family) -> RuleCommands {
        RuleCommands(family: family, configuration: configuration, path: path)
    }

    /// No family has a rule.
    private var gateless: Finding {
        let families = firewalls.filter { $0.unseen.isEmpty }
        let strays = families.compactMap(stray)
        let reason = strays.isEmpty ? "the firewall decides as if there were no gate" : strays.joined(separator: "; ")
        let hasService = hasRuleService && path == ConfigOption.defaultPath
        // A machine whose inbound packets meet nftables' own chains, and none of iptables', keeps its rules there.
        let chains = families.flatMap(\.chains).filter { $0.hook == "input" }
        let isNative = !chains.isEmpty && chains.allSatisfy { if case .nft = $0.tool { true } else { false } }
        let commands = commands(.ipv4)
        // Restarted, not started: to systemd the service may be active though somebody has thrown its rule out since.
        let service = ["systemctl enable knockgate-rule", "systemctl restart knockgate-rule"]
        return .wrong(
            "no rule sends new packets to queue \(configuration.queue): \(reason)",
            mending: isNative ? [commands.printed(" --nft")] : hasService ? service : [commands.printed()])
    }

    private func missingRule(_ firewall: Facts.Firewall, beside others: [Facts.Firewall]) -> Finding {
        let name = firewall.family.name
        let gates = others.flatMap { GateRule.all(in: $0.chains, queue: configuration.queue) }
        let table = gates.lazy.compactMap { gate in
            if case .iptables = gate.chain.tool { gate.chain.table } else { nil }
        }.first
        return .wrong(
            "no \(name) rule sends new packets to queue \(configuration.queue): "
                + (stray(firewall) ?? "over \(name) there is no gate"),
            mending: [commands(firewall.family).insert(into: table ?? "filter")])
    }

    /// A rule that is almost ours: it sends packets to another queue, or stands where inbound packets don't come by.
    private func stray(_ firewall: Facts.Firewall) -> String? {
        let name = firewall.family.name
        for chain in firewall.chains {
            for rule in chain.reachableRules where rule.queues != nil {
                let place = "\(rule.place(in: chain)) for \(name)"
                if rule.sends(to: configuration.queue) {
                    return "\(place) does, but only inbound packets are the gate's (INPUT)"
                }
                if chain.hook == "input", let numbers = rule.queues {
                    return "\(place) sends packets to queue \(numbers.lowerBound)"
                }
            }
        }
        return nil
    }
}
