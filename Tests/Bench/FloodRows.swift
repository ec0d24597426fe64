/// Whether an honest client gets in while strangers knock.
struct FloodRows: RowGroup {
    let name = "flood"
    let title = "honest clients who got in, of 100, while strangers knock"
    let subjects = [Subject.knockgate, Subject.knockd, Subject.recent]
    let panel = Panel(rows: [first.row, wrong.row])

    private struct Flood: Sendable {
        let row: Row
        let knock: String
        let rate: Int
    }

    private static let first = Flood(
        row: Row(name: "50,000 first knocks/s", unit: "% of the clients"), knock: Knocks.first, rate: 50_000)
    private static let wrong = Flood(
        row: Row(name: "1,000 wrong knocks/s", unit: "% of the clients"), knock: Knocks.wrong, rate: 1_000)

    let targets: [Target] = [
        Target(text: "while 50,000 made-up first knocks a second arrive, at least 99 of 100 clients get in") {
            results in
            results.median(first.row, of: Subject.knockgate).map { ("\($0.short) %", $0 >= 99) }
        },
        Target(text: "while 1,000 made-up wrong knocks a second arrive, 100 of 100 clients get in") { results in
            results.median(wrong.row, of: Subject.knockgate).map { ("\($0.short) %", $0 == 100) }
        },
    ]

    func measure(_ bench: Bench, into results: inout Results) async throws {
        var found = results
        try await bench.server.hosting(.caller, ["serve", "\(Bench.port)"]) { _ in
            for flood in [FloodRows.first, FloodRows.wrong] {
                for front in bench.isQuick ? [.listener(.gate)] : [Front.listener(.gate), .knockd, .recent] {
                    let share = try await bench.withFront(front) { _ in try await measure(bench, flood, front) }
                    found.add(share, to: flood.row, of: front.name, in: self)
                }
            }
        }
        results = found
        results.note(
            "20 ms between two knocks; in: within 1.5 s, so that a SYN that came too early is sent once more", in: self)
        if !bench.isQuick { results.note("10 clients for knockd and recent, 100 for the gate", in: self) }
    }

    /// In seconds; where clients get in, they are done long before.
    private static let longest = 30

    /// How many of 100 clients got in.
    private func measure(_ bench: Bench, _ flood: Flood, _ front: Front) async throws -> Double {
        let isGate = if case .listener = front { true } else { false }
        let round = KnockRound(count: isGate ? 100 : 10, patience: 1_500, pause: 10, gap: 20)
        let before = try await bench.countOfLastRule()
        let start = ContinuousClock.now
        // At the end of this function they are sent away; clients that wait in vain see them leave after half a minute.
        let sending = Sending(
            knocks: [flood.knock], count: flood.rate * FloodRows.longest, rate: flood.rate, sources: 1 << 24)
        async let _ = bench.send(sending)
        try await Task.sleep(for: .milliseconds(300))
        let outcomes = try await bench.knock(round)
        let seconds = (ContinuousClock.now - start).seconds
        // recent drops knocks before its last rule, and so counts none of the first ones.
        let arrived = try await bench.countOfLastRule() - before
        if isGate, Double(arrived) < 0.8 * min(seconds, Double(FloodRows.longest)) * Double(flood.rate) {
            throw BenchError("only \(arrived) made-up knocks arrived in \(seconds.short) s")
        }
        return 100 * Double(outcomes.count { $0.time != nil }) / Double(outcomes.count)
    }
}
