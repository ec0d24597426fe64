/// What a packet costs, and how much memory is taken, when many sources have knocked or are in.
///
/// Visits are made by first knocks of made-up sources, leases by three knocks of each. What a packet costs at so many
/// visits is the time of the listener to which 40,000 packets had waited. With so many clients in, the rules of knockd
/// (one for each) and a set of addresses work in the sender's time; there the figure is all the time that a packet takes,
/// the sender's, too.
struct SourcesRows: RowGroup {
    let name = "sources"
    let title = "a packet's cost when many clients are in"
    let subjects = [Subject.knockgate, knockdRules, Subject.ipset]
    let panel = Panel(kind: .lines, rows: crowds.map(clientsIn), isLogarithmic: true)

    private static let crowds = [0, 1_000, 10_000, 100_000, 1_000_000]
    private static let knockdRules = "knockd's rules"
    private static func stranger(_ visits: Int) -> Row {
        Row(name: "\(visits.grouped) visits: a stranger's packet, listener's CPU", unit: "µs a packet")
    }
    private static func visitor(_ visits: Int) -> Row {
        Row(name: "\(visits.grouped) visits: a visitor's packet, listener's CPU", unit: "µs a packet")
    }
    private static func clientsIn(_ count: Int) -> Row {
        Row(name: "\(count.grouped) in", unit: "µs a packet, all CPU")
    }
    private static func memory(_ what: String) -> Row { Row(name: "resident memory, \(what)", unit: "MB") }
    private static let each = Row(name: "memory for each visit, when the table is full", unit: "bytes")

    let targets: [Target] = [
        Target(text: "memory for each tracked source, all in: at most 96 bytes") { results in
            results.median(each, of: Subject.knockgate).map { ("\($0.short) bytes", $0 <= 96) }
        }
    ]

    func measure(_ bench: Bench, into results: inout Results) async throws {
        var found = results
        for _ in 0..<bench.rounds(3) {
            let visits = bench.isQuick ? [0, 100_000] : [0, 1_000, 100_000, 1_000_000]
            for count in visits { try await measureVisits(bench, count, of: visits.last ?? 0, &found) }
            for count in bench.isQuick ? [0, 1_000] : SourcesRows.crowds {
                if count <= 100_000 {
                    try await measureLeases(bench, count, &found)
                    try await measureRules(bench, count, &found)
                }
                try await measureSet(bench, count, &found)
            }
        }
        results = found
        results.note("a million rules aren't measured: 100,000 take each packet more than a millisecond", in: self)
    }

    // MARK: - Visits

    private func measureVisits(_ bench: Bench, _ count: Int, of most: Int, _ results: inout Results) async throws {
        try await bench.install(.gate)
        if count == 0 {
            let small = GateSettings(visits: 1, leases: 1)
            let empty = try await bench.withListener(.gate, small) { try Kernel.residentMemory(of: $0.pid) }
            results.add(empty / 1e6, to: SourcesRows.memory("room for 1 visit"), of: Subject.knockgate, in: self)
        }
        let settings = GateSettings(queueLength: 65_000, visits: most, seqTimeout: "1h")
        let seen = try await bench.withListener(.gate, settings) { gate in
            try await fill(bench, gate, [Knocks.first], count) { $0.visits }
            let memory = try Kernel.residentMemory(of: gate.pid)
            let strangers = Sending(knocks: [Knocks.second], count: Drain.packets, stride: 7_919, from: "11.0.0.0")
            let visitors = Sending(
                knocks: [Knocks.first], count: Drain.packets, sources: max(count, 1), stride: 7_919)
            let strange = try await bench.drain(gate, strangers)
            let known = count == 0 ? nil : try await bench.drain(gate, visitors)
            return (memory: memory, strange: strange, known: known)
        }
        let who = Subject.knockgate
        results.add(seen.memory / 1e6, to: SourcesRows.memory("\(count.grouped) visits"), of: who, in: self)
        results.add(seen.strange, to: SourcesRows.stranger(count), of: who, in: self)
        if let known = seen.known { results.add(known, to: SourcesRows.visitor(count), of: who, in: self) }
        if count == most, let empty = results.median(SourcesRows.memory("room for 1 visit"), of: who) {
            results.add((seen.memory - empty * 1e6) / Double(most), to: SourcesRows.each, of: who, in: self)
        }
    }

    // MARK: - Clients who are in

    private func measureLeases(_ bench: Bench, _ count: Int, _ results: inout Results) async throws {
        try await bench.install(.gate)
        let settings = GateSettings(visits: 131_072, leases: 131_072, seqTimeout: "1h", openFor: "1h")
        let seen = try await bench.withListener(.gate, settings) { gate in
            try await fill(bench, gate, Knocks.all, count) { $0.leases }
            let memory = try Kernel.residentMemory(of: gate.pid)
            let start = try Kernel.runTime(of: gate.pid)
            let sent = try await bench.send(strangersToPort(40_000, rate: 100_000))
            try await Kernel.waitUntilAnswered(by: gate.pid)
            let time = try Kernel.runTime(of: gate.pid) - start + sent.runTime
            return (memory: memory, cost: time * 1e6 / Double(sent.count))
        }
        results.add(seen.cost, to: SourcesRows.clientsIn(count), of: Subject.knockgate, in: self)
        results.add(
            seen.memory / 1e6, to: SourcesRows.memory("\(count.grouped) in"), of: Subject.knockgate, in: self)
    }

    private func measureRules(_ bench: Bench, _ count: Int, _ results: inout Results) async throws {
        let rules = (0..<count).map {
            "-A INPUT -s \(SourcesRows.client($0)) -p tcp --dport \(Bench.port) -j ACCEPT"
        }
        // knockd puts each rule ahead of all others.
        try await bench.install(Firewall(rules: rules + [Firewall.established]))
        let packets = count <= 1_000 ? 40_000 : 20_000_000 / count
        let sent = try await bench.send(strangersToPort(packets, rate: nil))
        let cost = sent.runTime * 1e6 / Double(sent.count)
        results.add(cost, to: SourcesRows.clientsIn(count), of: SourcesRows.knockdRules, in: self)
    }

    private func measureSet(_ bench: Bench, _ count: Int, _ results: inout Results) async throws {
        try await bench.makeSet()
        let entries = (0..<count).map { "add open \(SourcesRows.client($0))\n" }.joined()
        try await bench.server.run(.ipset, ["restore"], input: entries, within: .seconds(60))
        try await bench.install(.set)
        let sent = try await bench.send(strangersToPort(40_000, rate: nil))
        let cost = sent.runTime * 1e6 / Double(sent.count)
        results.add(cost, to: SourcesRows.clientsIn(count), of: Subject.ipset, in: self)
        let list = try await bench.server.run(.ipset, ["list", "-terse", "open"])
        let line = list.split(separator: "\n").first { $0.hasPrefix("Size in memory:") }
        if let size = line?.split(separator: " ").last.flatMap({ Double($0) }) {
            results.add(size / 1e6, to: SourcesRows.memory("\(count.grouped) in"), of: Subject.ipset, in: self)
        }
    }

    /// Has so many sources knock, and all of them once more if a busy machine has lost some of their knocks.
    private func fill(
        _ bench: Bench, _ gate: Background, _ knocks: [String], _ count: Int, _ followed: (GateStatus) -> Int
    ) async throws {
        var seen = 0
        for rate in [150_000] + Array(repeating: 100_000, count: 9) where seen < count {
            for knock in knocks {
                _ = try await bench.send(Sending(knocks: [knock], count: count, rate: rate, sources: count))
                try await Kernel.waitUntilAnswered(by: gate.pid)
            }
            seen = try await followed(bench.status())
        }
        guard seen == count else { throw BenchError("the gate follows \(seen) of \(count) sources") }
    }

    /// SYNs to the protected port, from sources that may not come in.
    private func strangersToPort(_ count: Int, rate: Int?) -> Sending {
        Sending(knocks: ["\(Bench.port)/tcp"], count: count, rate: rate, stride: 7_919, from: "11.0.0.0")
    }

    /// 10.0.0.0 and what follows: the sources that knock in the gate's rows.
    private static func client(_ number: Int) -> String {
        "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    }
}
