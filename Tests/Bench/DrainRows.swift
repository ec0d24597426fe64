/// What a packet costs a listener that does nothing but answer: 40,000 of them wait when it wakes up.
///
/// Nothing else happens meanwhile: no packet comes, so that all of the listener's time, the kernel's work in its calls
/// and the packets' second walk through the chain among it, is for those that waited.
struct DrainRows: RowGroup {
    let name = "drain"
    let title = "drain: 40,000 SYNs waited while the listener was stopped"
    let subjects = Listener.allCases.map(\.name)
    let panel = Panel(rows: [cost])

    private static let cost = Row(name: "the listener's CPU", unit: "µs a packet")
    /// As many as the gate's buffer of 16 MiB holds.
    private static let packets = 40_000

    let targets: [Target] = [
        .ratio(cost, to: Subject.classic, atMost: 0.55), .ratio(cost, to: Subject.batched, atMost: 1.10),
    ]

    func measure(_ bench: Bench, into results: inout Results) async throws {
        try await bench.install(.gate)
        for _ in 0..<bench.rounds(9, quick: 3) {
            for listener in Listener.allCases {
                let settings = GateSettings(queueLength: 65_000)
                let time = try await bench.withListener(listener, settings) { try await drain(bench, $0) }
                results.add(time * 1e6 / Double(DrainRows.packets), to: DrainRows.cost, of: listener.name, in: self)
            }
        }
    }

    /// How long the listener worked, in seconds.
    private func drain(_ bench: Bench, _ listener: Background) async throws -> Double {
        // Memory that is touched for the first time has its price, too; it isn't the packets'.
        _ = try await bench.send(Sending(knocks: [Knocks.second], count: 5_000, rate: 50_000))
        try await Kernel.waitUntilAnswered(by: listener.pid)

        try listener.stop()
        let before = try Kernel.Queue(of: listener.pid)
        _ = try await bench.send(Sending(knocks: [Knocks.second], count: DrainRows.packets, rate: 200_000))
        let queue = try Kernel.Queue(of: listener.pid)
        guard queue.waiting == DrainRows.packets else {
            throw BenchError(
                "only \(queue.waiting) of \(DrainRows.packets) packets wait, \(queue.lost - before.lost) were lost")
        }
        let start = try Kernel.runTime(of: listener.pid)
        try listener.goOn()
        try await Kernel.waitUntilAnswered(by: listener.pid)
        try await Task.sleep(for: .milliseconds(20))  // It may have something to say when all is answered.
        return try Kernel.runTime(of: listener.pid) - start
    }
}
