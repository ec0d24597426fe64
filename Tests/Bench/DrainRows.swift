/// What a packet costs a listener that does nothing but answer: 40,000 of them wait when it wakes up.
struct DrainRows: RowGroup {
    let name = "drain"
    let title = "drain: 40,000 SYNs waited while the listener was stopped"
    let subjects = Listener.allCases.map(\.name)
    let panel = Panel(rows: [cost])

    private static let cost = Row(name: "the listener's CPU", unit: "µs a packet")

    let targets: [Target] = [
        .ratio(cost, in: "drain", to: Subject.classic, atMost: 0.55),
        .ratio(cost, in: "drain", to: Subject.batched, atMost: 1.10),
    ]

    func measure(_ bench: Bench, into results: inout Results) async throws {
        try await bench.install(.gate)
        for _ in 0..<bench.rounds(9, quick: 3) {
            for listener in Listener.allCases {
                let settings = GateSettings(queueLength: 65_000)
                let sending = Sending(knocks: [Knocks.second], count: Drain.packets)
                let time = try await bench.withListener(listener, settings) { try await bench.drain($0, sending) }
                results.add(time, to: DrainRows.cost, of: listener.name, in: self)
            }
        }
    }
}
