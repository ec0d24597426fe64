/// What several queues could bring: 40,000 packets wait in one queue for one listener, or in two for two.
///
/// The kernel spreads them (`--queue-balance`) by a hash of both addresses and, over IPv4, the protocol. The listeners are
/// the batched C loop, one on each processor: they share no state and judge nothing, so that this is the most that
/// several queues could bring a gate, which would have to bring a source's knocks together again.
struct BalanceRows: RowGroup {
    let name = "balance"
    let title = "balance: 40,000 packets waited in one queue, or in two"
    let subjects = Layout.allCases.map(\.rawValue)
    let targets: [Target] = []
    let panel = Panel(rows: [speed])

    private enum Layout: String, CaseIterable, Sendable {
        case two = "two queues"
        case one = "one queue"
    }

    private static let speed = Row(name: "answered by the wall clock", unit: "thousand packets/s")
    private static let cost = Row(name: "the batched C loops' CPU", unit: "µs a packet")
    private static let spread = Row(name: "most in one queue", unit: "%")

    private static let sources = 20_000
    private static let second = Bench.queue + 1

    func measure(_ bench: Bench, into results: inout Results) async throws {
        for _ in 0..<bench.rounds(11, quick: 3) {
            for layout in Layout.allCases {
                let seen = try await measure(bench, layout)
                results.add(seen.perSecond / 1_000, to: BalanceRows.speed, of: layout.rawValue, in: self)
                results.add(seen.cost, to: BalanceRows.cost, of: layout.rawValue, in: self)
                results.add(seen.most, to: BalanceRows.spread, of: layout.rawValue, in: self)
            }
        }
        results.note("in brackets: two queues' figure divided by one queue's", in: self)
        results.note(
            "\(BalanceRows.sources.grouped) sources, a SYN and a UDP datagram of each; the sender has ended before it begins",
            in: self)
    }

    private struct Seen: Sendable {
        let perSecond, cost, most: Double
    }

    private func measure(_ bench: Bench, _ layout: Layout) async throws -> Seen {
        var firewall = Firewall.gate
        guard layout == .two else {
            try await bench.install(firewall)
            return try await host(bench, Bench.queue, on: .ofListener) { try await drain(bench, [$0]) }
        }
        firewall.rules[0].replace(
            "--queue-num \(Bench.queue)", with: "--queue-balance \(Bench.queue):\(BalanceRows.second)")
        try await bench.install(firewall)
        return try await host(bench, Bench.queue, on: .ofListener) { one in
            try await host(bench, BalanceRows.second, on: .ofSender) { try await drain(bench, [one, $0]) }
        }
    }

    /// A listener of a queue.
    private struct Worker: Sendable {
        let program: Background
        let queue: Int

        var waiting: Int { get throws { try Kernel.Queue(queue, of: program.pid).waiting } }
        var runTime: Double { get throws { try Kernel.runTime(of: program.pid) } }
    }

    private func host(
        _ bench: Bench, _ queue: Int, on processor: Machine.Processor, _ work: (Worker) async throws -> Seen
    ) async throws -> Seen {
        let words = ["\(queue)", "65000", "0x1000", "\(Bench.port)", "drop"]
        return try await bench.server.hosting(.batchedLoop, words, on: processor) {
            try await work(Worker(program: $0, queue: queue))
        }
    }

    private func drain(_ bench: Bench, _ workers: [Worker]) async throws -> Seen {
        let knocks = [Knocks.second, Knocks.first]  // Either alone, over TCP and over UDP.
        var sending = Sending(knocks: knocks, count: 5_000, rate: 50_000, sources: BalanceRows.sources)
        _ = try await bench.send(sending)  // What is touched for the first time has its price.
        try await answered(workers)

        for worker in workers { try worker.program.stop() }
        (sending.count, sending.rate) = (Drain.packets, 200_000)
        _ = try await bench.send(sending)
        let waiting = try workers.map { try $0.waiting }
        guard waiting.reduce(0, +) == Drain.packets else {
            throw BenchError("of \(Drain.packets) packets \(waiting) wait in the queues, the rest was lost")
        }
        let before = try workers.map { try $0.runTime }
        let line = try await bench.server.run(.stopwatch, workers.map { "\($0.program.pid)" })
        guard let seconds = line.split(whereSeparator: \.isWhitespace).last.flatMap({ Double($0) }) else {
            throw BenchError("the stopwatch didn't say how long it took, but: \(line)")
        }
        let time = try zip(workers, before).map { try $0.runTime - $1 }.reduce(0, +)
        let packets = Double(Drain.packets)
        return Seen(
            perSecond: packets / seconds, cost: time * 1e6 / packets,
            most: 100 * Double(waiting.max() ?? 0) / packets)
    }

    private func answered(_ workers: [Worker]) async throws {
        try await eventually("the queues are empty") {
            try workers.allSatisfy { try $0.waiting == 0 }
        }
    }
}
