import KnockCore

/// What a replay came to: the verdicts counted, and what became of each door.
struct ReplaySummary {
    let tally: Tally
    let doors: [Door]
    let filter: ReplayFilter
    /// How many packets were shown, and how many the capture has.
    let shown: Int
    let captured: Int
    /// For each door how often it was opened, and its leases at the end.
    let opened: [UInt64]
    let leases: [[Gate.LeaseReport]]

    /// A summary isn't a list: where more doors than these are still open, they are counted.
    private static let mostLeases = 20

    var text: String {
        let shownOfAll = filter.wantsAll ? [] : ["\(shown.grouped) of them shown"]
        let rows = doors.indices.filter(filter.wants(door:)).flatMap { [row($0)] + leaseRows($0) }
        return ([tally.words(ofCaptured: captured)] + shownOfAll + rows).joined(separator: "\n") + "\n"
    }

    private func row(_ door: Int) -> String {
        let width = doors.map(\.name.count).max() ?? 0
        let live = leases[door].isEmpty ? "" : ", \(leases[door].count.counted("lease")) live at the end"
        return "door \(doors[door].name.left(width))  opened \(opened[door].counted("time"))" + live
    }

    private func leaseRows(_ door: Int) -> [String] {
        let wanted = leases[door].filter { filter.wants($0.source) }
        let rows = wanted.prefix(ReplaySummary.mostLeases).map { lease in
            let (day, clock) = UTC.text(of: lease.deadline)
            return "  still open for \(lease.source) until \(day) \(clock.dropLast(3))"
        }
        return rows + (wanted.count > rows.count ? ["  and for \((wanted.count - rows.count).grouped) more"] : [])
    }
}

extension Tally {
    var judged: UInt64 { accepted + dropped + passedOn }

    /// `8 packets: 1 accept, 1 drop, 6 next`; where only some of those captured were judged, how many.
    func words(ofCaptured captured: Int) -> String {
        let malformed = malformed == 0 ? "" : " (\(malformed.grouped) malformed)"
        let packets = "\(captured.counted("packet"))" + (judged == captured ? "" : ", \(judged.grouped) of them new")
        return "\(packets): \(accepted.grouped) accept, \(dropped.grouped) drop\(malformed), \(passedOn.grouped) next"
    }
}
