import KnockControl
import KnockCore

/// One door: its cells, and below them who may enter and who is knocking.
struct StatusRow {
    let cells: [String]
    let leases: [Visitor]
    let moreLeases: [InkLine]
    let visits: [Visitor]
    let moreVisits: [InkLine]

    var visitors: [Visitor] { leases + visits }

    /// - Parameters:
    ///   - mostLeases: how many leases are shown, those that end soonest.
    ///   - mostVisits: how many visits are shown, those that have come farthest.
    init(_ door: Status.Door, mostLeases: Int, mostVisits: Int) {
        cells = [
            door.name.printable, door.protects.map(\.description).joined(separator: " "), door.knocks.grouped,
            door.opened.grouped, door.leaseCount.grouped, door.visitCount.grouped,
        ]
        leases = door.leases.sorted { $0.remaining < $1.remaining }.prefix(mostLeases).map(Visitor.init)
        visits = door.visits.sorted { ($1.heard, $0.remaining) < ($0.heard, $1.remaining) }.prefix(mostVisits).map(
            Visitor.init)
        moreLeases = StatusRow.more(door.leaseCount - leases.count, "more lease")
        moreVisits = StatusRow.more(door.visitCount - visits.count, "more visit")
    }

    /// The door's row and those below it, fitted to the columns of the whole table.
    func lines(_ columns: StatusColumns) -> [InkLine] {
        [InkLine(columns.line(cells))] + leases.map(columns.line) + moreLeases + visits.map(columns.line) + moreVisits
    }

    private static func more(_ count: Int, _ word: String) -> [InkLine] {
        count > 0 ? [InkLine("  and \(count.counted(word))", .faint)] : []
    }

    /// Someone at the door.
    struct Visitor {
        let kind: String
        let source: String
        let time: String
        let progress: String
        let ink: Ink

        init(_ lease: Status.Lease) {
            (kind, source, time, ink) = ("lease", lease.source.printable, lease.remaining.humanText, .open)
            progress = lease.limit.map { "  \(lease.connections) of \($0.counted("connection"))" } ?? ""
        }

        init(_ visit: Status.Visit) {
            (kind, source, time, ink) = ("visit", visit.source.printable, visit.remaining.humanText, .knocking)
            progress = "  \(visit.heard) of \(visit.of.counted("knock"))\(visit.closing ? " to close" : "")"
        }
    }
}
