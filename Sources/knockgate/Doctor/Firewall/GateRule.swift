import KnockConfig
import KnockCore

/// A rule that sends packets to the gate's queue, and the base chain on whose way it stands.
struct GateRule: Equatable {
    let chain: BaseChain
    let rule: FirewallRule

    /// Those that inbound packets can meet, in the order of the chains.
    static func all(in chains: [BaseChain], queue: UInt16) -> [GateRule] {
        chains.filter { $0.hook == "input" }.flatMap { chain in
            chain.reachableRules.filter { $0.sends(to: queue) }.map { GateRule(chain: chain, rule: $0) }
        }
    }

    /// `rule 3 of INPUT`.
    var place: String { rule.place(in: chain) }
}

extension FirewallRule {
    /// Where it stands, in words: `rule 3 of INPUT`, `rule 1 of INPUT in mangle`.
    func place(in base: BaseChain) -> String {
        let chain = "\(chain.printable)\(base.tableSuffix)"
        if case .nft = base.tool { return "the rule with handle \(number) of \(chain)" }
        return "rule \(number) of \(chain)"
    }
}

extension BaseChain {
    /// Which table, unless that goes without saying.
    var tableSuffix: String {
        switch tool {
        case .iptables: table == "filter" ? "" : " in \(table.printable)"
        case .nft(let family): " in \(family) \(table.printable)"
        }
    }

    /// What decides, in words, with the rule's own words where they're no secret.
    func name(of encounter: Encounter, quoted: Bool) -> String {
        guard let rule = encounter.rule else { return "the policy of \(name.printable)\(tableSuffix)" }
        let words = rule.text.hasPrefix("-A ") ? rule.text.dropFirst(4 + rule.chain.count) : rule.text[...]
        return rule.place(in: self) + (quoted ? " (\(String(words).printable.cut(to: 120)))" : "")
    }

    /// What the gate's rules would take apart from this: the first that accepts some of everybody's packets, or drops all.
    func decision(_ probe: Probe) -> Encounter? {
        encounters(probe).first { encounter in
            switch encounter.outcome {
            case .accept, .queue: encounter.reach >= .some
            default: encounter.reach == .all
            }
        }
    }
}
