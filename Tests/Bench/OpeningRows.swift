/// From the last knock until the client is in, and whether it is in when it connects at once.
///
/// Behind each of them stands a firewall that refuses, so that a client that comes too early knows, and tries again a
/// tenth of a millisecond later. fwknop's clients say it all in one datagram, which is made ahead.
struct OpeningRows: RowGroup {
    let name = "opening"
    let title = "knock to open: from the last knock until the client is in"
    let subjects = [Subject.knockgate, Subject.knockd, Subject.recent, fwknop]
    let panel = Panel(rows: [time], isLogarithmic: true)

    private static let fwknop = "fwknop"
    private static let time = Row(name: "last knock to connected", unit: "ms")
    private static let atOnce = Row(name: "in at once", unit: "% of the clients")

    let targets: [Target] = [
        Target(text: "last knock to connected: at least 20 times faster than knockd") { results in
            guard let own = results.median(time, of: Subject.knockgate),
                let theirs = results.median(time, of: Subject.knockd)
            else { return nil }
            return ("\((theirs / own).short) times", theirs >= 20 * own)
        },
        Target(text: "connecting at once: all clients are in") { results in
            guard let own = results.figure(atOnce, of: Subject.knockgate) else { return nil }
            return ("\(own.rounds.count * clients) clients, at worst \(own.least.short) % of a round", own.least == 100)
        },
    ]

    /// How many clients there are in a round.
    private static let clients = 10
    /// How long each of them tries, in milliseconds.
    private static let patience = 3_000

    func measure(_ bench: Bench, into results: inout Results) async throws {
        var found = results
        try await bench.server.hosting(.caller, ["serve", "\(Bench.port)"]) { _ in
            for round in 0..<bench.rounds(5) {
                for subject in subjects {
                    let first = round * OpeningRows.clients
                    let outcomes = try await measure(bench, subject, from: first)
                    for outcome in outcomes {
                        found.add(
                            outcome.time ?? Double(OpeningRows.patience), to: OpeningRows.time, of: subject, in: self)
                    }
                    let share = Double(outcomes.filter(\.isInAtOnce).count) / Double(outcomes.count)
                    found.add(100 * share, to: OpeningRows.atOnce, of: subject, in: self)
                }
            }
        }
        results = found
        results.note("a client who never got in counts with the 3,000 ms that it tried", in: self)
    }

    private func measure(_ bench: Bench, _ subject: String, from first: Int) async throws -> [KnockRound.Outcome] {
        var round = KnockRound(
            from: Bench.honest(first), count: OpeningRows.clients, patience: OpeningRows.patience, pause: 20)
        let refusing = { (firewall: inout Firewall) in
            firewall.last = "-A INPUT -p tcp -j REJECT --reject-with tcp-reset"
        }
        let settings = GateSettings(closed: "next")
        switch subject {
        case Subject.knockgate:
            return try await bench.withFront(.listener(.gate), behind: refusing, settings) { _ in
                try await bench.knock(round)
            }
        case Subject.knockd, Subject.recent:
            let front: Front = subject == Subject.knockd ? .knockd : .recent
            return try await bench.withFront(front, behind: refusing) { _ in try await bench.knock(round) }
        default:
            var firewall = Firewall.plain
            refusing(&firewall)
            try await bench.install(firewall)
            return try await bench.withFwknop(from: first, count: round.count) { knock in
                round.knocks = [knock]
                return try await bench.knock(round)
            }
        }
    }
}
