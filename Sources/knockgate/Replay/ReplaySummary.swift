import KnockCore

/// What a replay came to: the verdicts counted, and what became of each door.
struct ReplaySummary {
    let tally: Tally
    let doors: [Door]
    /// For each door how often it was opened, and how many leases it had at the end.
    let opened: [UInt64]
    let leases: [Int]

    var text: String {
        let packets = tally.accepted + tally.dropped + tally.passedOn
        let malformed = tally.malformed == 0 ? "" : " (\(tally.malformed.grouped) malformed)"
        let verdicts = """
            \(packets.counted("packet")): \(tally.accepted.grouped) accept, \(tally.dropped.grouped) drop\(malformed), \
            \(tally.passedOn.grouped) next
            """
        let width = doors.map(\.name.count).max() ?? 0
        let rows = doors.indices.map { door in
            "door \(doors[door].name.left(width))  opened \(opened[door].counted("time"))"
                + (leases[door] == 0 ? "" : ", \(leases[door].counted("lease")) live at the end")
        }
        return ([verdicts] + rows).joined(separator: "\n") + "\n"
    }
}
