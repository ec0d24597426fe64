import KnockControl
import KnockCore

/// The status as a person reads it.
///
///     knockgate 0.1.0, pid 812, up 3 h 12 min
///     queue 4747 bound, 0 waiting, 0 lost
///     12 accepted, 3 dropped, 480 passed on to the firewall, 4 malformed
///
///     DOOR  PROTECTS       KNOCKS  OPENED  LEASES  VISITS
///     ssh   22/tcp 22/udp       3       2       1       1
///       lease  198.51.100.7    8.2 s left  1 of 3 connections
///       visit  198.51.100.8   11.0 s left  2 of 3 knocks
struct StatusTable {
    let status: Status
    private let doors: [StatusRow]

    /// - Parameters:
    ///   - mostLeases: how many leases of a door are shown; `--json` has more of them.
    ///   - mostVisits: how many visits of a door are shown.
    init(_ status: Status, mostLeases: Int = 100, mostVisits: Int = 10) {
        self.status = status
        doors = status.doors.map { StatusRow($0, mostLeases: mostLeases, mostVisits: mostVisits) }
    }

    var lines: [InkLine] {
        head + warnings.map { InkLine(prose: "! \($0)", .warning) } + [InkLine("")]
            + (doors.isEmpty ? [InkLine("no doors")] : table)
    }

    private var head: [InkLine] {
        let (queue, verdicts) = (status.queue, status.verdicts)
        return [
            InkLine(
                prose: "knockgate \(status.version.printable), pid \(status.pid), up \(status.uptime.humanText)",
                .heading),
            InkLine(
                prose:
                    "queue \(queue.number) \(queue.bound ? "bound" : "NOT BOUND"), \(queue.waiting.grouped) waiting, "
                    + "\(queue.lost.grouped) lost"),
            InkLine(
                prose: "\(verdicts.accept.grouped) accepted, \(verdicts.drop.grouped) dropped, "
                    + "\(verdicts.next.grouped) passed on to the firewall, \(status.malformed.grouped) malformed"),
        ]
    }

    private var warnings: [String] {
        var warnings: [String] = []
        if !status.queue.bound {
            warnings.append(
                "The daemon isn't bound to queue \(status.queue.number): every new packet that the rule sends there is "
                    + "dropped. See the daemon's log.")
        }
        if status.unmarkedRule {
            warnings.append(
                "Packets came back to the queue and were dropped: the firewall's rule lacks its mark match. "
                    + "\"knockgate rule\" prints the right one.")
        }
        if status.queue.lost > 0 {
            warnings.append(
                "The kernel dropped \(status.queue.lost.counted("packet")), for the queue was full. "
                    + "A larger queue_length holds more.")
        }
        return warnings
    }

    private var table: [InkLine] {
        let titles = ["DOOR", "PROTECTS", "KNOCKS", "OPENED", "LEASES", "VISITS"]
        let columns = StatusColumns(titles, doors)
        return [InkLine(columns.line(titles), .faint)] + doors.flatMap { $0.lines(columns) }
    }
}

/// How wide the table's columns are, so that all doors stand below one another.
struct StatusColumns {
    private let cells: [Int]
    private let source: Int
    private let time: Int

    init(_ titles: [String], _ rows: [StatusRow]) {
        cells = titles.indices.map { column in ([titles] + rows.map(\.cells)).map { $0[column].count }.max() ?? 0 }
        let visitors = rows.flatMap(\.visitors)
        source = visitors.map(\.source.count).max() ?? 0
        time = visitors.map(\.time.count).max() ?? 0
    }

    /// The first two columns to the left, the numbers to the right.
    func line(_ row: [String]) -> String {
        row.indices.map { $0 < 2 ? row[$0].left(cells[$0]) : row[$0].right(cells[$0]) }.joined(separator: "  ")
    }

    func line(_ visitor: StatusRow.Visitor) -> InkLine {
        InkLine(
            "  \(visitor.kind)  \(visitor.source.left(source))  \(visitor.time.right(time)) left\(visitor.progress)",
            visitor.ink)
    }
}
