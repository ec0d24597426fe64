/// How long a client that may come in waits for its connection.
///
/// At the gate the client has knocked and holds a lease; the yardsticks accept whatever comes to the port. Each connection
/// comes from a port of its own, and so through the queue.
struct LatencyRows: RowGroup {
    let name = "latency"
    let title = "connect(): from the call until the connection is there"
    let subjects = Listener.judges.map(\.name) + [nobody]
    let panel = Panel(rows: [idle50, idle99, load50, load99], isLogarithmic: true)

    private static let nobody = "no rule"
    private static let idle50 = Row(name: "idle: p50", unit: "µs")
    private static let idle99 = Row(name: "idle: p99", unit: "µs")
    private static let load50 = Row(name: "100,000/s: p50", unit: "µs")
    private static let load99 = Row(name: "100,000/s: p99", unit: "µs")

    let targets: [Target] = [
        .ratio(idle50, in: "connect()", to: Subject.classic, atMost: 1.1),
        .ratio(idle50, in: "connect()", to: Subject.batched, atMost: 1.1),
    ]

    func measure(_ bench: Bench, into results: inout Results) async throws {
        var found = results
        try await bench.server.hosting(.caller, ["serve", "\(Bench.port)"], on: .ofListener) { _ in
            for _ in 0..<bench.rounds(11, quick: 3) {
                for listener in Listener.judges {
                    try await bench.install(.gate)
                    let settings = GateSettings(openFor: "10m")
                    let times = try await bench.withListener(listener, settings, opens: true) { _ in
                        if listener == .gate { try await open(bench) }
                        return try await (idle(bench), loaded(bench))
                    }
                    add(times, of: listener.name, to: &found)
                }
                try await bench.install(
                    Firewall(rules: [Firewall.established, "-A INPUT -p tcp --dport \(Bench.port) -j ACCEPT"]))
                let times = try await (idle(bench), loaded(bench))
                add(times, of: LatencyRows.nobody, to: &found)
            }
        }
        results = found
    }

    private func add(_ times: (idle: [Double], loaded: [Double]), of name: String, to results: inout Results) {
        results.add(times.idle.median, to: LatencyRows.idle50, of: name, in: self)
        results.add(times.idle.quantile(0.99), to: LatencyRows.idle99, of: name, in: self)
        results.add(times.loaded.median, to: LatencyRows.load50, of: name, in: self)
        results.add(times.loaded.quantile(0.99), to: LatencyRows.load99, of: name, in: self)
    }

    private static let client = "203.0.113.7"

    /// Has the client knock, so that it holds a lease.
    private func open(_ bench: Bench) async throws {
        let knocked = try await bench.knock(KnockRound(from: LatencyRows.client))
        guard knocked.first?.time != nil else { throw BenchError("the client knocked and didn't get in") }
    }

    private func idle(_ bench: Bench) async throws -> [Double] {
        try await connect(bench, times: bench.isQuick ? 200 : 300, on: .ofSender)
    }

    private func loaded(_ bench: Bench) async throws -> [Double] {
        async let load = bench.send(Sending(knocks: [Knocks.second], count: 60_000, rate: 100_000))
        try await Task.sleep(for: .milliseconds(50))
        let times = try await connect(bench, times: bench.isQuick ? 200 : 300)
        _ = try await load
        return times
    }

    /// Connects so many times; the answer is in microseconds, a second where no connection came about.
    ///
    /// - Parameter processor: under load the client goes where there is room, beside the sender or the listener.
    private func connect(
        _ bench: Bench, times: Int, on processor: Machine.Processor? = nil
    ) async throws -> [Double] {
        let words = ["connect", LatencyRows.client, Bench.serverAddress, "\(Bench.port)", "\(times)", "500"]
        return try await bench.clients.run(.caller, words, on: processor).split(separator: "\n").map {
            Double($0).map { $0 / 1000 } ?? 1e6
        }
    }
}
