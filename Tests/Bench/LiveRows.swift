/// What load costs while it comes: as fast as the sender can, and 100,000 packets a second.
///
/// Each packet is a SYN to the door's second knock, from one of 65,536 sources: it opens nothing anywhere, and yet each
/// of the programs has to look at it. Sender and listener have a processor each.
struct LiveRows: RowGroup {
    let name = "live"
    let title = "live: SYNs to the second knock, from 65,536 sources"
    let subjects = Front.all.map(\.name)
    let panel = Panel(rows: [steady.cost, steady.allCost])

    private struct Load: Sendable {
        let rate: Int?
        let perSecond, lost, cost, allCost: Row

        init(_ name: String, rate: Int?) {
            self.rate = rate
            perSecond = Row(name: "\(name): judged", unit: "packets/s")
            lost = Row(name: "\(name): lost", unit: "%")
            cost = Row(name: "\(name): the listener's CPU", unit: "µs a packet")
            allCost = Row(name: "\(name): all CPU, the sender's too", unit: "µs a packet")
        }
    }

    private static let full = Load("full load", rate: nil)
    private static let steady = Load("100,000/s", rate: 100_000)

    let targets: [Target] = [
        .ratio(steady.cost, in: "live", to: Subject.classic, atMost: 0.75),
        Target(text: "live, 100,000/s: nothing lost that the classic C loop keeps") { results in
            guard let own = results.figure(steady.lost, of: Subject.knockgate),
                let theirs = results.figure(steady.lost, of: Subject.classic)
            else { return nil }
            let text =
                "\(own.median.short) % against \(theirs.median.short) %, in the worst round \(own.most.short) % against "
            return (text + "\(theirs.most.short) %", own.median <= theirs.median)
        },
    ]

    func measure(_ bench: Bench, into results: inout Results) async throws {
        for _ in 0..<bench.rounds(5) {
            for load in [LiveRows.full, LiveRows.steady] {
                for front in Front.all {
                    let seen = try await bench.withFront(front) { try await measure(bench, load, $0, front) }
                    results.add(seen.perSecond, to: load.perSecond, of: front.name, in: self)
                    if let lost = seen.lost { results.add(lost, to: load.lost, of: front.name, in: self) }
                    if let cost = seen.cost { results.add(cost, to: load.cost, of: front.name, in: self) }
                    results.add(seen.allCost, to: load.allCost, of: front.name, in: self)
                }
            }
        }
        results.note("a queue of 8,192 packets for each listener; knockd doesn't tell what it misses", in: self)
        results.note(
            "all CPU: the sender's process is in it, in whose time the kernel receives its packets and walks the chain",
            in: self)
    }

    private struct Seen: Sendable {
        let perSecond: Double
        let lost, cost: Double?
        let allCost: Double
    }

    private func measure(
        _ bench: Bench, _ load: Load, _ program: Background?, _ front: Front
    ) async throws -> Seen {
        var sending = Sending(knocks: [Knocks.second], count: 5_000, rate: 50_000)
        _ = try await bench.send(sending)  // What is touched for the first time has its price.
        if case .listener = front, let program { try await Kernel.waitUntilAnswered(by: program.pid) }

        let second = load.rate ?? 400_000
        (sending.count, sending.rate) = (bench.isQuick ? second * 3 / 10 : second, load.rate)
        let before = try await (bench.countOfLastRule(), program.map { try Kernel.runTime(of: $0.pid) } ?? 0)
        let sent = try await bench.send(sending)
        let end = ContinuousClock.now
        if case .listener = front, let program { try await Kernel.waitUntilAnswered(by: program.pid) }
        let seconds = sent.seconds + (ContinuousClock.now - end).seconds
        try await Task.sleep(for: .milliseconds(20))
        let runTime = try program.map { try Kernel.runTime(of: $0.pid) - before.1 }
        let judged = try await bench.countOfLastRule() - before.0
        let count = Double(judged)
        let isListener = if case .listener = front { true } else { false }
        return Seen(
            perSecond: count / seconds, lost: isListener ? 100 * (1 - count / Double(sent.count)) : nil,
            cost: runTime.map { $0 * 1e6 / count },
            allCost: ((runTime ?? 0) + sent.runTime) * 1e6 / count)
    }
}
