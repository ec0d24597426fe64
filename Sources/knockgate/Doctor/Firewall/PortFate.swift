import KnockCore

/// What becomes of new packets to a port, up to the gate.
enum PortFate {
    /// They come to this rule of the gate.
    case gated(GateRule)
    /// Some of them do, what the rule says beside.
    case partlyGated(GateRule)
    /// This accepts or drops them before the gate is asked.
    case decided(Encounter, BaseChain)
    /// They come to no rule of the gate.
    case passed

    /// Follows a new packet to `port` through the chains, which are in the order of its way.
    init(of port: Port, through chains: [BaseChain], gates: [GateRule], mark: UInt32 = 0) {
        let probe = Probe(port: port, mark: mark)
        var part: GateRule?
        for chain in chains {
            let own = gates.filter { $0.chain == chain }
            for encounter in chain.encounters(probe) {
                if let gate = own.first(where: { $0.rule == encounter.rule }) {
                    if encounter.reach == .all {
                        self = .gated(gate)
                        return
                    }
                    part = part ?? gate
                } else if encounter.outcome == .accept
                    ? !own.isEmpty && encounter.reach >= .some : encounter.reach == .all
                {
                    // An accept ends the packet's way through this chain alone: only ahead of the gate's rule it matters.
                    guard part == nil, encounter.rule != nil || encounter.outcome == .drop else { break }
                    self = .decided(encounter, chain)
                    return
                }
            }
        }
        self = part.map { .partlyGated($0) } ?? .passed
    }
}
