/// The run as a table, as JSON, and as a plot.
import Foundation

struct Report {
    let machine: MachineReport
    let results: Results
    let groups: [any RowGroup]

    // MARK: - The table

    /// A table for each group, medians with the ratio of the gate's to theirs behind them, and then the targets.
    var table: String {
        (groups.map(table(of:)) + [targets]).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func table(of group: any RowGroup) -> String {
        let rows = results.rows(of: group)
        guard !rows.isEmpty else { return "" }
        let subjects = group.subjects.filter { subject in rows.contains { results.figure($0, of: subject) != nil } }
        let cells = rows.map { row in
            ["\(row.name), \(row.unit)"] + subjects.map { cell(row, of: $0, beside: group.subjects.first ?? "") }
        }
        let lines = [[""] + subjects] + cells
        let widths = (0...subjects.count).map { column in lines.map { $0[column].count }.max() ?? 0 }
        let text = lines.map { line in
            "  " + line.enumerated().map { pad($1, to: widths[$0], isLeft: $0 == 0) }.joined(separator: "  ")
        }
        let notes = (results.notes[group.name] ?? []).map { "  " + $0 }
        return ([group.title] + text + notes).joined(separator: "\n") + "\n"
    }

    private func cell(_ row: Row, of subject: String, beside first: String) -> String {
        guard let figure = results.figure(row, of: subject) else { return "–" }
        guard subject != first, let own = results.median(row, of: first), (0.001...1_000).contains(own / figure.median)
        else {
            return figure.median.short
        }
        return "\(figure.median.short) (\((own / figure.median).short))"
    }

    private func pad(_ text: String, to width: Int, isLeft: Bool) -> String {
        let blanks = String(repeating: " ", count: width - text.count)
        return isLeft ? text + blanks : blanks + text
    }

    private var targets: String {
        let lines = groups.flatMap(\.targets).map { target -> String in
            guard let (text, isMet) = target.measured(results) else { return "  not measured  \(target.text)" }
            return "  \(isMet ? "met     " : "missed  ")  \(target.text): \(text)"
        }
        let ratios =
            "(in brackets: the gate's figure divided by theirs; medians of the rounds, which were interleaved)\n"
        return lines.isEmpty ? ratios : ratios + "\ntargets\n" + lines.joined(separator: "\n") + "\n"
    }

    // MARK: - JSON

    private struct Document: Encodable {
        struct Figure: Encodable {
            let group, row, unit, subject: String
            let median, least, most: Double
            let rounds: [Double]
        }

        struct Judged: Encodable {
            let text: String
            let measured: String?
            let met: Bool?
        }

        let machine: MachineReport
        let figures: [Figure]
        let targets: [Judged]
        let notes: [String: [String]]
    }

    func write(into folder: URL) throws {
        let figures = results.figures.map {
            Document.Figure(
                group: $0.group, row: $0.row.name, unit: $0.row.unit, subject: $0.subject, median: $0.median,
                least: $0.least, most: $0.most, rounds: $0.rounds)
        }
        let targets = groups.flatMap(\.targets).map { target in
            let found = target.measured(results)
            return Document.Judged(text: target.text, measured: found?.text, met: found?.isMet)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(machine: machine, figures: figures, targets: targets, notes: results.notes)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try encoder.encode(document).write(to: folder.appendingPathComponent("bench.json"))
    }
}
