/// What a packet costs a listener that does nothing but answer: 40,000 of them wait when it wakes up.
///
/// The floor beside them looks at no packet. What it takes is the kernel's own, and no listener can save it.
struct DrainRows: RowGroup {
    let name = "drain"
    let title = "drain: 40,000 SYNs waited while the listener was stopped"
    let subjects = listeners.map(\.name)
    let panel = Panel(rows: [passed, passedIPv6, dropped])

    private static let listeners = Listener.judges + [.floor]

    /// They walk through the chain a second time, which costs everybody the same.
    private static let passed = Row(name: "passed on: the listener's CPU", unit: "µs a packet")
    private static let passedIPv6 = Row(name: "IPv6 passed on: the listener's CPU", unit: "µs a packet")
    private static let dropped = Row(name: "dropped: the listener's CPU", unit: "µs a packet")

    let targets: [Target] = [passed, passedIPv6, dropped].flatMap { row in
        [
            Target.ratio(row, in: "drain", to: Subject.classic, atMost: 0.55),
            Target.ratio(row, in: "drain", to: Subject.batched, atMost: 1.10),
        ]
    }

    func measure(_ bench: Bench, into results: inout Results) async throws {
        try await bench.install(.gate)
        try await bench.installIPv6(.gate)
        let sendings = [
            (DrainRows.passed, Sending(knocks: [Knocks.second], count: Drain.packets)),
            (DrainRows.passedIPv6, Sending(knocks: [Knocks.second], count: Drain.packets, from: Bench.madeUpIPv6)),
            (DrainRows.dropped, Sending(knocks: ["\(Bench.port)/tcp"], count: Drain.packets)),
        ]
        for _ in 0..<bench.rounds(7, quick: 3) {
            for (row, sending) in sendings {
                for listener in DrainRows.listeners {
                    let settings = GateSettings(queueLength: 65_000)
                    let time = try await bench.withListener(listener, settings) {
                        try await bench.drain($0, sending)
                    }
                    results.add(time, to: row, of: listener.name, in: self)
                }
            }
        }
        let parts = sendings.compactMap { part($0.0, results) }
        if let least = parts.min(), let most = parts.max() {
            results.note(
                "the floor looks at no packet: no listener can take less, and that is \(least.short) to \(most.short) of the classic C loop's",
                in: self)
        }
    }

    private func part(_ row: Row, _ results: Results) -> Double? {
        guard let floor = results.median(row, of: Subject.floor), let classic = results.median(row, of: Subject.classic)
        else { return nil }
        return floor / classic
    }
}
