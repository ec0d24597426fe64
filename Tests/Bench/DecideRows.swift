/// What a decision costs by itself, without a kernel, whatever the number of doors, and of sources that are known.
///
/// The packets were made before, and are decided in batches of 64, as the daemon does it; each figure is the mean of 16,384
/// decisions. Sources are drawn at random, so that a packet's source was not seen a moment ago. All gates are there at
/// once, and take turns: a ratio is of figures from one moment.
import DecideStage

struct DecideRows: RowGroup {
    let name = "decide"
    let title = "decide(): a decision by itself, in batches of 64"
    let subjects = DecideRows.doorCounts.map(DecideRows.subject)
    let panel = Panel(
        kind: .lines, rows: DecideRows.sourceCounts.map { DecideRows.row(.stranger, $0) }, isLogarithmic: false)

    private static let doorCounts = [1, 8, 64]
    private static let sourceCounts = [10, 1_000, 100_000, 1_000_000]
    private static func subject(_ doors: Int) -> String { doors == 1 ? "1 door" : "\(doors) doors" }

    private static func row(_ question: DecideStage.Question, _ sources: Int) -> Row {
        Row(name: "\(sources.grouped) sources: \(question.rawValue)", unit: "ns a packet")
    }

    let targets = DecideStage.Question.allCases.filter { $0 != .newcomer }.flatMap { question in
        [
            Target(text: "\(question.rawValue): at 1,000,000 sources at most 2.5 of the figure at 10") {
                ratio($0, (row(question, 1_000_000), subject(1)), to: (row(question, 10), subject(1)), atMost: 2.5)
            },
            Target(text: "\(question.rawValue), 1,000 sources: with 64 doors at most 1.5 of the figure with one") {
                ratio($0, (row(question, 1_000), subject(64)), to: (row(question, 1_000), subject(1)), atMost: 1.5)
            },
        ]
    }

    private static func ratio(
        _ results: Results, _ one: (Row, String), to other: (Row, String), atMost bound: Double
    ) -> (text: String, isMet: Bool)? {
        guard let figure = results.median(one.0, of: one.1), let least = results.median(other.0, of: other.1), least > 0
        else { return nil }
        return ((figure / least).short, figure / least <= bound)
    }

    func measure(_ bench: Bench, into results: inout Results) async throws {
        var stages: [(doors: Int, sources: Int, stage: DecideTurns)] = []
        for doors in DecideRows.doorCounts {
            for sources in DecideRows.sourceCounts {
                try Task.checkCancellation()
                stages.append((doors, sources, DecideTurns(DecideStage(doors: doors, sources: sources))))
            }
        }
        for question in DecideStage.Question.allCases {
            for _ in 0..<bench.rounds(31, quick: 5) {
                try Task.checkCancellation()
                for (doors, sources, stage) in stages {
                    let row = DecideRows.row(question, sources)
                    results.add(stage.cost(of: question), to: row, of: DecideRows.subject(doors), in: self)
                }
            }
        }
        results.note("the million's three gates take some 600 MB", in: self)
    }
}

/// A stage that can stand in a list beside others.
final class DecideTurns {
    private var stage: DecideStage

    init(_ stage: consuming DecideStage) {
        self.stage = stage
    }

    /// The mean of so many decisions, in nanoseconds.
    func cost(of question: DecideStage.Question, packets: Int = 16_384) -> Double {
        // A part at a time, so that packets that were made ahead push nothing out of the processor's caches.
        let part = min(packets, 4096)
        let costs = (0..<packets / part).map { _ in stage.cost(of: question, packets: part, batch: 64) }
        return costs.reduce(0, +) / Double(costs.count)
    }
}
