import KnockCore

extension [DoorDraft] {
    /// A packet to a protected port is judged by leases alone (R3), so that no door hears it as a knock.
    func reportUnheardKnocks(findings: inout Findings) {
        var protectors: [Port: (door: String, place: Place)] = [:]
        for draft in self {
            for port in draft.protects?.items ?? [] where protectors[port.value] == nil {
                protectors[port.value] = (draft.title, port.place)
            }
        }
        for draft in self {
            for knock in (draft.opening?.items ?? []) + (draft.closing?.items ?? []) {
                guard let (door, place) = protectors[knock.value] else { continue }
                findings.error(
                    "\(door) protects this port (\(findings.name(of: place))): a knock on it is never heard",
                    at: knock.place)
            }
        }
    }

    /// A sequence that ends with its door's whole close_sequence opens nothing: closing has the last word. The contract
    /// doesn't refuse it, and it harms nobody but who waits for the door.
    func reportNeverOpen(findings: inout Findings) {
        for draft in self {
            guard let opening = draft.opening, let closing = draft.closing, opening.isWhole, closing.isWhole,
                opening.values.suffix(closing.items.count) == closing.values[...]
            else { continue }
            findings.warning(
                "\(draft.title) never opens: its sequence ends with these knocks, too, and they close it again "
                    + "(\(findings.name(of: opening.place)))", at: closing.place)
        }
    }

    /// The gate tells at most 65,535 ports apart that mean something to it: those that doors protect, those where
    /// sequences begin, those in `ignore`.
    func reportTooManyPorts(ignored: [Port: Place], findings: inout Findings) {
        var named = Set(ignored.keys)
        for draft in self {
            named.formUnion(draft.protects?.values ?? [])
            named.formUnion([draft.opening, draft.closing].compactMap { $0?.items.first?.value })
            guard named.count <= 65_535 else {
                findings.error("the doors up to this one name more than 65535 different ports", at: draft.place)
                return
            }
        }
    }
}
