/// Some rows of the table that are measured together, by one method.
protocol RowGroup: Sendable {
    /// One word, for `--only`.
    var name: String { get }
    /// What is measured, and how, above the rows.
    var title: String { get }
    /// Whose figures are beside each other, in their order; the first is compared with the others.
    var subjects: [String] { get }
    var targets: [Target] { get }
    /// The group's panel of the plot.
    var panel: Panel { get }

    func measure(_ bench: Bench, into results: inout Results) async throws
}

/// The names under which the table shows who was measured.
enum Subject {
    static let knockgate = "knockgate"
    static let batched = "batched C loop"
    static let classic = "classic C loop"
    static let floor = "floor in C"
    static let knockd = "knockd"
    static let recent = "recent"
    static let ipset = "ipset"
    static let drop = "plain DROP"
}

/// A row of the table: what the figure says, and its unit.
struct Row: Hashable, Sendable {
    let name: String
    let unit: String
}

/// How a group is drawn.
struct Panel: Sendable {
    enum Kind: Sendable {
        /// A cluster of bars for each row, a bar for each subject.
        case bars
        /// A line for each subject, over the numbers that the rows begin with.
        case lines
    }

    var kind: Kind = .bars
    /// The rows that are drawn, all in one unit.
    let rows: [Row]
    var isLogarithmic = false
}

/// What the figures have to be, as the issue that asked for them says.
struct Target: Sendable {
    let text: String
    /// What was measured, in the words of the bound; nil when it could not be.
    let measured: @Sendable (Results) -> (text: String, isMet: Bool)?

    /// The gate's median of a row is at most `bound` of another's.
    static func ratio(
        _ row: Row, in group: String, to yardstick: String, atMost bound: Double
    ) -> Target {
        Target(text: "\(group), \(row.name): at most \(bound.short) of the \(yardstick)") { results in
            guard let one = results.median(row, of: Subject.knockgate), let other = results.median(row, of: yardstick),
                other > 0
            else { return nil }
            return ((one / other).short, one / other <= bound)
        }
    }
}
