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
            set style fill solid 0.85 border -1
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
        let setting = """
            set title "\(group.title)" font ",13"
            set ylabel "\(first.unit)"
            \(panel.isLogarithmic ? "set logscale y; set yrange [*:*]" : "unset logscale; set yrange [0:*]")
            set key below
            unset xlabel
            set xtics norotate; set xtics auto; set xrange [*:*]

            """
        switch panel.kind {
        case .bars where rows.count == 1: return setting + oneBarEach(first, subjects)
        case .bars: return setting + clusters(rows, subjects)
        case .lines: return setting + curves(rows, subjects)
        }
    }

    /// One row: its name is the panel's label, the subjects stand below the bars.
    private func oneBarEach(_ row: Row, _ subjects: [String]) -> String {
        let lines = subjects.enumerated().map { index, subject in
            "\(index) \(number(row, subject)) \"\(subject.replacingOccurrences(of: " ", with: "\\n"))\""
        }
        return """
            $data << EOD
            \(lines.joined(separator: "\n"))
            EOD
            set xlabel "\(row.name)"; set xrange [-0.6:\(Double(subjects.count) - 0.4)]
            plot $data using 1:2:(0.7):xtic(3) with boxes linecolor "#3b6ea5" notitle, \
            $data using 1:2:(sprintf("%.3g", $2)) with labels offset 0,0.7 notitle
            unset xlabel

            """
    }

    /// A cluster for each row, a colour for each subject.
    private func clusters(_ rows: [Row], _ subjects: [String]) -> String {
        let lines = rows.map { row in
            "\"\(row.name)\" " + subjects.map { number(row, $0) }.joined(separator: " ")
        }
        let plots = subjects.indices.map { index in
            "$data using \(index + 2)\(index == 0 ? ":xtic(1)" : "") title \"\(subjects[index])\""
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
            "$data\(index) with linespoints linewidth 2 pointtype 7 title \"\(subject)\""
        }
        let names = rows.enumerated().map { "\"\($1.name)\" \($0)" }.joined(separator: ", ")
        return """
            \(blocks.joined(separator: "\n"))
            set xtics (\(names)); set xrange [-0.3:\(Double(rows.count) - 0.7)]
            plot \(plots.joined(separator: ", "))

            """
    }

    private func number(_ row: Row, _ subject: String) -> String {
        results.median(row, of: subject).map { "\($0)" } ?? "NaN"
    }
}
