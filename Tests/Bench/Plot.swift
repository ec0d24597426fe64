/// The plot: a panel for each group, drawn by gnuplot.
import Foundation

extension Report {
    func plot(into folder: URL) async throws {
        let panels = groups.compactMap { group in panel(of: group) }
        guard !panels.isEmpty else { return }
        let columns = panels.count == 1 ? 1 : 2
        let lines = (panels.count + columns - 1) / columns
        let script = """
            set terminal svg size \(560 * columns),\(400 * lines) font "Helvetica,12" background "#ffffff"
            set output "\(folder.appendingPathComponent("bench.svg").path)"
            set multiplot layout \(lines),\(columns) margins \(0.16 / Double(columns)),\(1 - 0.04 / Double(columns)),\(0.28 / Double(lines)),\(1 - 0.12 / Double(lines)) \
            spacing \(0.2 / Double(columns)),\(0.42 / Double(lines))
            set style fill solid 0.9 border -1
            set key top left samplen 1.5 font ",10" maxrows 4
            set style data histogram
            set style histogram clustered gap 1
            set boxwidth 0.9
            set grid ytics linecolor "#dddddd"
            set tics nomirror
            set border 3

            """
        try await Program.gnuplot.run(["-"], input: script + panels.joined(separator: "\n") + "unset multiplot\n")
    }

    private func panel(of group: any RowGroup) -> String? {
        let panel = group.panel
        let rows = panel.rows.filter { row in group.subjects.contains { results.figure(row, of: $0) != nil } }
        guard let first = rows.first else { return nil }
        let subjects = group.subjects.filter { subject in rows.contains { results.figure($0, of: subject) != nil } }
        let figures = rows.flatMap { row in subjects.compactMap { results.median(row, of: $0) } }
        // The legend, or the figures above the bars, stand in the upper third.
        let top = (figures.max() ?? 1) * (panel.isLogarithmic ? 20 : 1.45)
        let setting = """
            set title "\(group.title)" font ",13"
            set ylabel "\(rows.count == 1 ? "\(first.name), \(first.unit)" : first.unit)"
            \(panel.isLogarithmic ? "set logscale y; set yrange [*:\(top)]" : "unset logscale; set yrange [0:\(top)]")
            set xtics auto scale 0; set xrange [*:*]

            """
        switch panel.kind {
        case .bars where rows.count == 1: return setting + oneBarEach(first, subjects)
        case .bars: return setting + clusters(rows, subjects)
        case .lines: return setting + curves(rows, subjects)
        }
    }

    /// One row: the subjects stand below the bars.
    private func oneBarEach(_ row: Row, _ subjects: [String]) -> String {
        let lines = subjects.enumerated().map { index, subject in
            "\(index) \(number(row, subject)) \"\(subject)\" \(Report.colour(of: subject))"
        }
        return """
            $data << EOD
            \(lines.joined(separator: "\n"))
            EOD
            set xrange [-0.6:\(Double(subjects.count) - 0.4)]
            plot $data using 1:2:(0.7):4:xtic(3) with boxes linecolor rgb variable notitle, \
            $data using 1:2:(sprintf("%.3g", $2)) with labels offset 0,0.7 notitle

            """
    }

    /// A cluster for each row, a colour for each subject.
    private func clusters(_ rows: [Row], _ subjects: [String]) -> String {
        let lines = rows.map { row in
            let name = row.name.replacingOccurrences(of: ": ", with: "\\n").replacingOccurrences(of: ", ", with: "\\n")
            return "\"\(name)\" " + subjects.map { number(row, $0) }.joined(separator: " ")
        }
        let plots = subjects.enumerated().map { index, subject in
            "$data using \(index + 2)\(index == 0 ? ":xtic(1)" : "") linecolor rgb \(Report.colour(of: subject)) "
                + "title \"\(subject)\""
        }
        return "$data << EOD\n\(lines.joined(separator: "\n"))\nEOD\nplot \(plots.joined(separator: ", "))\n"
    }

    /// A line for each subject, over the number that each row's name begins with; where somebody has no figure, the line
    /// goes on to the next.
    private func curves(_ rows: [Row], _ subjects: [String]) -> String {
        let blocks = subjects.enumerated().map { index, subject in
            let points = rows.enumerated().compactMap { place, row in
                results.median(row, of: subject).map { "\(place) \($0)" }
            }
            return "$data\(index) << EOD\n\(points.joined(separator: "\n"))\nEOD"
        }
        let plots = subjects.enumerated().map { index, subject in
            "$data\(index) with linespoints linewidth 2 pointtype 7 linecolor rgb \(Report.colour(of: subject)) "
                + "title \"\(subject)\""
        }
        let names = rows.enumerated().map { "\"\($1.name)\" \($0)" }.joined(separator: ", ")
        return """
            \(blocks.joined(separator: "\n"))
            set xtics (\(names)); set xrange [-0.3:\(Double(rows.count) - 0.7)]
            plot \(plots.joined(separator: ", "))

            """
    }

    /// The same in every panel.
    private static func colour(of subject: String) -> Int {
        switch subject {
        case Subject.knockgate: 0x1f5fa8
        case Subject.batched, "one queue", "two queues": 0x8a8a8a
        case Subject.classic: 0xc4c4c4
        case Subject.floor: 0x4d4d4d
        case Subject.recent: 0x3d9a5c
        case Subject.ipset: 0x6fc2b0
        case Subject.drop, "no rule": 0xf2d48a
        case "fwknop": 0x8d5aa6
        default: 0xd9772b  // knockd, and its rules.
        }
    }

    private func number(_ row: Row, _ subject: String) -> String {
        results.median(row, of: subject).map { "\($0)" } ?? "NaN"
    }
}
