/// The figures of a run: for each row and subject one figure a round.
import Foundation

struct Results: Sendable {
    struct Figure: Sendable {
        let group: String
        let row: Row
        let subject: String
        var rounds: [Double]

        /// The middle one, or the mean of the two in the middle.
        var median: Double { rounds.median }
        var least: Double { rounds.min() ?? .nan }
        var most: Double { rounds.max() ?? .nan }
    }

    private(set) var figures: [Figure] = []
    /// What has to be said below a group's rows.
    private(set) var notes: [String: [String]] = [:]

    /// Takes down what one round has shown.
    mutating func add(_ value: Double, to row: Row, of subject: String, in group: any RowGroup) {
        let place = figures.firstIndex { $0.group == group.name && $0.row == row && $0.subject == subject }
        if let place {
            figures[place].rounds.append(value)
        } else {
            figures.append(Figure(group: group.name, row: row, subject: subject, rounds: [value]))
        }
    }

    mutating func note(_ text: String, in group: any RowGroup) {
        if notes[group.name]?.contains(text) != true { notes[group.name, default: []].append(text) }
    }

    func figure(_ row: Row, of subject: String) -> Figure? {
        figures.first { $0.row == row && $0.subject == subject }
    }

    func median(_ row: Row, of subject: String) -> Double? { figure(row, of: subject)?.median }

    /// The rows of a group, in the order in which they were first measured.
    func rows(of group: any RowGroup) -> [Row] {
        var seen: Set<Row> = []
        return figures.filter { $0.group == group.name && seen.insert($0.row).inserted }.map(\.row)
    }
}

extension [Double] {
    var median: Double { quantile(0.5) }

    /// The value below which this part of them lies, on the line between its two neighbours.
    func quantile(_ part: Double) -> Double {
        guard !isEmpty else { return .nan }
        let ordered = sorted()
        let place = part * Double(count - 1)
        let below = Int(place)
        guard below + 1 < count else { return ordered[below] }
        return ordered[below] + (ordered[below + 1] - ordered[below]) * (place - Double(below))
    }
}

extension Double {
    /// Three digits that count: 1,234 · 12.3 · 0.123.
    var short: String {
        if self == 0 { return "0" }
        let digits = abs(self) >= 100 ? 0 : abs(self) >= 10 ? 1 : abs(self) >= 1 ? 2 : 3
        return Int(exactly: rounded()).flatMap { digits == 0 ? $0.grouped : nil }
            ?? String(format: "%.\(digits)f", self)
    }
}

extension Int {
    /// With commas between thousands.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + text
    }
}
