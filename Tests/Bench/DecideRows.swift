/// What a decision costs by itself, without a kernel, whatever the number of doors, and of sources that are known.
///
/// The packets were made before, and are decided in batches of 64, as the daemon does it; each figure is the mean of 4,096
/// decisions. Sources are drawn at random, so that a packet's source was not seen a moment ago.
import DecideStage

struct DecideRows: RowGroup {
    let name = "decide"
    let title = "decide(): a decision by itself, in batches of 64"
    let subjects = DecideRows.doorCounts.map(DecideRows.subject)
    let panel = Panel(
        kind: .lines, rows: DecideRows.sourceCounts.map { DecideRows.row(.stranger, $0) }, isLogarithmic: false)

    private static let doorCounts = [1, 8, 64]
    private static let sourceCounts = [10, 1_000, 100_000, 1_000_000]
    private static let batch = 64
    private static let packets = 4096

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
        // One gate at a time: a million visits and as many leases take some 200 MB.
        for sources in DecideRows.sourceCounts {
            for doors in DecideRows.doorCounts {
                try Task.checkCancellation()
                var stage = DecideStage(doors: doors, sources: sources)
                for _ in 0..<bench.rounds(31, quick: 5) {
                    for question in DecideStage.Question.allCases {
                        let cost = stage.cost(of: question, packets: DecideRows.packets, batch: DecideRows.batch)
                        results.add(
                            cost, to: DecideRows.row(question, sources), of: DecideRows.subject(doors), in: self)
                    }
                }
            }
        }
    }
}
