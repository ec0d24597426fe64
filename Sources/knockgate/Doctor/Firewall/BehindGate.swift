import KnockConfig
import KnockCore

/// What the firewall does with packets after the gate has judged them.
extension FamilyCheck {
    /// Protected ports that the gate can't open, for a later chain drops what the gate accepts.
    var behind: [Finding] {
        var groups: [(decider: Decider, ports: [Port])] = []
        for (port, fate) in zip(ports, fates) {
            guard case .gated(let gate) = fate, let place = chains.firstIndex(of: gate.chain) else { continue }
            for chain in chains[(place + 1)...] {
                guard let decision = chain.decision(Probe(port: port)), decision.outcome == .drop else { continue }
                let decider = Decider(encounter: decision, chain: chain)
                if let index = groups.firstIndex(where: { $0.decider == decider }) {
                    groups[index].ports.append(port)
                } else {
                    groups.append((decider, [port]))
                }
                break
            }
        }
        return groups.map { group in
            let name = group.decider.chain.name(of: group.decider.encounter, quoted: false)
            return .wrong(
                "\(family): the gate alone can't let anybody in to \(group.ports.listed): behind it \(name) drops what it accepts",
                mending: group.ports.compactMap { commands.accept($0, in: group.decider.chain) })
        }
    }

    /// Where a closed door leaves its ports to the firewall, the firewall has to refuse; and `accept` for all that no door
    /// protects is for the table that comes before the firewall's own.
    var openToAll: [Finding] {
        var findings: [Finding] = []
        let gateChains = chains.filter { chain in gates.contains { $0.chain == chain } }
        if configuration.rules.otherwise == .accept, let last = gateChains.last, last == chains.last {
            findings.append(
                .wrong(
                    "\(family): with otherwise = accept and its rule in \(last.table.printable), the gate lets everybody in to all "
                        + "that no door protects: say otherwise = next", mending: [commands.edit]))
        }
        guard configuration.rules.closed == .next else { return findings }
        let open = zip(ports, fates).filter { port, fate in
            guard case .gated = fate else { return false }
            return chains.allSatisfy { $0.decision(Probe(port: port, mark: configuration.mark))?.outcome == .accept }
        }.map(\.0)
        guard let first = open.first, let last = chains.last else { return findings }
        let decision = last.decision(Probe(port: first, mark: configuration.mark))
        let name = decision.map { last.name(of: $0, quoted: true) } ?? "the firewall"
        findings.append(
            .wrong(
                "\(family): closed = next leaves \(open.listed) to the firewall, where \(name) lets everybody in: say closed = drop, "
                    + "or have the firewall refuse them", mending: [commands.edit]))
        return findings
    }

    /// What was let in once has to go on.
    var established: [Finding] {
        for port in ports.isEmpty ? [.tcp(22)] : ports {
            let probe = Probe(port: port, state: .established)
            for chain in chains {
                guard let decision = chain.decision(probe), decision.outcome == .drop else { continue }
                let name = chain.name(of: decision, quoted: false)
                return [
                    .wrong(
                        "\(family): \(name) drops established connections: whoever gets in hangs with the next packet",
                        mending: [commands.acceptEstablished(in: chain)])
                ]
            }
        }
        return []
    }
}
