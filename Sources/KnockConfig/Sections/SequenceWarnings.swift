import KnockCore

extension PlacedList<Port> {
    /// Warns of an opening sequence that a scan, a guess or chance comes near to.
    func warnOfWeakness(ignored: [Port: Place], findings: inout Findings) {
        for knock in items {
            guard let place = ignored[knock.value] else { continue }
            findings.warning(
                "ignore names this port (\(findings.name(of: place))): knocked at the wrong time, it ends no visit",
                at: knock.place)
        }
        guard isWhole else { return }
        if items.count < 3 { findings.warning("fewer than 3 knocks are easily guessed", at: place) }
        if isAscending { findings.warning("the knocks are in ascending order, in which ports are scanned", at: place) }
        warnOfPairs(findings: &findings)
    }

    /// Whether a scan of one protocol's ports meets the knocks in their order. It takes UDP and TCP one after the other.
    private var isAscending: Bool {
        items.count > 1
            && zip(values, values.dropFirst()).allSatisfy { $0.transport == $1.transport && $0.number < $1.number }
    }

    /// Warns of the first neighbours, and of the first knock that stands twice in a row.
    private func warnOfPairs(findings: inout Findings) {
        let pairs = zip(items, items.dropFirst())
        if let (_, second) = pairs.first(where: { abs(Int($0.value.number) - Int($1.value.number)) == 1 }) {
            findings.warning("this knock is next door to the one before", at: second.place)
        }
        if let (_, second) = pairs.first(where: { $0.value == $1.value }) {
            findings.warning("the same knock twice in a row: a packet sent again counts for both", at: second.place)
        }
    }
}
