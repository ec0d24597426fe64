import KnockConfig
import KnockCore

/// Does one family's firewall, which has a rule for the gate, do with packets what the gate counts on?
struct FamilyCheck {
    let commands: RuleCommands
    /// The chains of inbound packets, in the order of their way.
    let chains: [BaseChain]
    let gates: [GateRule]
    let ports: [Port]
    /// What becomes of new packets to each of `ports`.
    let fates: [PortFate]

    init(chains: [BaseChain], commands: RuleCommands) {
        let inbound = chains.filter { $0.hook == "input" }
        let gates = GateRule.all(in: inbound, queue: commands.configuration.queue)
        let ports = commands.configuration.protectedPorts
        (self.chains, self.gates, self.ports, self.commands) = (inbound, gates, ports, commands)
        fates = ports.map { PortFate(of: $0, through: inbound, gates: gates) }
    }

    var configuration: Configuration { commands.configuration }
    var family: String { commands.family.name }

    var findings: [Finding] {
        let wording = gates.flatMap {
            RuleWordingCheck(gate: $0, commands: commands, replacement: replacement).findings
        }
        return (wording + twice + notAsked + passedBy + knocks + behind + openToAll + established + exempt).orFine(
            "the \(family) firewall sends new packets to queue \(configuration.queue) (\(gates.map(\.place).joined(separator: ", ")))"
        )
    }

    private var replacement: [String] { commands.replace(gates) }

    // MARK: - Before the gate

    /// Protected ports that something ahead of the gate accepts or drops: one finding for each such rule.
    private var notAsked: [Finding] {
        deciders.map { decider in
            let ports = zip(ports, fates).filter { decider.isBehind($0.1) }.map(\.0).listed
            let name = decider.chain.name(of: decider.encounter, quoted: true)
            let mending =
                gates.contains { $0.chain == decider.chain }
                ? replacement : decider.encounter.rule.map { [commands.delete($0, of: decider.chain)] } ?? replacement
            return decider.encounter.outcome == .accept
                ? .wrong(
                    "\(family): \(name) accepts what comes to \(ports) ahead of the gate, which never sees it",
                    mending: mending)
                : .wrong(
                    "\(family): \(name) drops what comes to \(ports) ahead of the gate: nobody gets in",
                    mending: mending)
        }
    }

    /// The rules that decide ahead of the gate, each once.
    private var deciders: [Decider] {
        var deciders: [Decider] = []
        for case .decided(let encounter, let chain) in fates {
            let decider = Decider(encounter: encounter, chain: chain)
            if !deciders.contains(decider) { deciders.append(decider) }
        }
        return deciders
    }

    struct Decider: Equatable {
        let encounter: Encounter
        let chain: BaseChain

        func isBehind(_ fate: PortFate) -> Bool {
            if case .decided(let encounter, let chain) = fate {
                self == Decider(encounter: encounter, chain: chain)
            } else {
                false
            }
        }
    }

    /// Protected ports that the rule doesn't name, or names for some packets alone.
    private var passedBy: [Finding] {
        let passed = zip(ports, fates).filter { if case .passed = $0.1 { true } else { false } }.map(\.0)
        let partly = zip(ports, fates).filter { if case .partlyGated = $0.1 { true } else { false } }.map(\.0)
        return
            (passed.isEmpty
            ? []
            : [.wrong("\(family): no rule sends new packets to \(passed.listed) to the gate", mending: replacement)])
            + (partly.isEmpty
                ? []
                : [
                    .hint(
                        "\(family): the rule has further matches, so that the gate sees some of the packets to "
                            + "\(partly.listed) only", mending: replacement)
                ])
    }

    /// Doors of which a knock doesn't reach the gate. Which knock, nobody is told: sequences are secrets.
    private var knocks: [Finding] {
        configuration.rules.doors.compactMap { door in
            let knocks = door.sequence.knocks + (door.closeSequence?.knocks ?? [])
            for knock in knocks {
                switch PortFate(of: knock, through: chains, gates: gates) {
                case .gated, .partlyGated: continue
                case .passed:
                    return .wrong(
                        "\(family): the rule doesn't send every knock of door \(door.name) to the gate",
                        mending: replacement)
                case .decided(let encounter, let chain):
                    // What takes protected ports as well is told already.
                    guard !deciders.contains(Decider(encounter: encounter, chain: chain)) else { continue }
                    let name = chain.name(of: encounter, quoted: false)
                    return .wrong(
                        "\(family): \(name) takes a knock of door \(door.name) ahead of the gate, which never hears it",
                        mending: replacement)
                }
            }
            return nil
        }
    }

    /// Rules ahead of the gate's that let some sources in without a knock.
    private var exempt: [Finding] {
        var seen: [FirewallRule] = []
        for (port, fate) in zip(ports, fates) {
            guard case .gated(let gate) = fate else { continue }
            for encounter in gate.chain.encounters(Probe(port: port)).prefix(while: { $0.rule != gate.rule }) {
                guard let rule = encounter.rule, encounter.outcome == .accept, !seen.contains(rule) else { continue }
                seen.append(rule)
            }
        }
        return seen.compactMap { rule in
            guard let chain = chains.first(where: { $0.reachableRules.contains(rule) }) else { return nil }
            let name = chain.name(of: Encounter(rule: rule, outcome: .accept, reach: .someSources), quoted: true)
            return .hint("\(family): \(name) lets some sources in without a knock; allow_from can say the same")
        }
    }

    private var twice: [Finding] {
        let probes = ports.isEmpty ? [Probe(port: .tcp(22))] : ports.map { Probe(port: $0) }
        for probe in probes {
            let alike = gates.filter { $0.rule.reach(probe) == .all }
            guard alike.count > 1 else { continue }
            let places = alike.map(\.place).joined(separator: ", ")
            let surplus = alike.dropFirst().sorted { $0.rule.number > $1.rule.number }
            return [
                .hint(
                    "\(family): the gate has \(alike.count) rules for the same packets (\(places)), one is enough",
                    mending: surplus.map { commands.delete($0.rule, of: $0.chain) })
            ]
        }
        return []
    }
}
