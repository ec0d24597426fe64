internal import KnockCore

/// The leases that a leases file holds, read from its beginning to its end.
package struct LeaseBook: Equatable {
    package struct Holder: Hashable {
        package let door: String
        package let source: String
    }

    package struct Holding: Equatable {
        package let deadline: Int64
        package var ports: [UInt16] = []
    }

    package private(set) var leases: [Holder: Holding] = [:]
    package private(set) var boot = ""
    package private(set) var seal: (sinceBoot: Int64, wall: Int64)?

    /// Reads a leases file; nil when it isn't one, or a line of it can't be read. A last line without its end is the
    /// trace of a crash, and passed over.
    package init?(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.popLast() != nil, lines.count >= 2, lines[0] == LeaseRecord.heading, lines[1].hasPrefix("boot ")
        else { return nil }
        boot = String(lines[1].dropFirst("boot ".count))
        for line in lines.dropFirst(2) {
            guard let record = LeaseRecord(line) else { return nil }
            take(record)
        }
    }

    private mutating func take(_ record: LeaseRecord) {
        seal = nil
        switch record {
        case .open(let door, let source, let deadline):
            leases[Holder(door: door, source: source)] = Holding(deadline: deadline)
        case .used(let door, let source, let port):
            leases[Holder(door: door, source: source)]?.ports.append(port)
        case .end(let door, let source):
            leases[Holder(door: door, source: source)] = nil
        case .sealed(let sinceBoot, let wall):
            seal = (sinceBoot, wall)
        }
    }

    /// How far this machine's clock since boot is ahead of the one that the deadlines are on; nil when that can't be
    /// told, so that none of the leases may be taken up.
    ///
    /// In the same boot it is the same clock. After another boot the wall clock bridges the time in between (R12), but
    /// only for a file that was sealed: after a crash of the machine nobody knows which last lines never reached the
    /// disk, and one of them may have ended a lease.
    package func clockShift(boot: String, sinceBoot: Int64, wall: Int64) -> Int64? {
        if boot == self.boot { return 0 }
        guard let seal, wall >= seal.wall else { return nil }
        let (uptime, overflow) = sinceBoot.subtractingReportingOverflow(seal.sinceBoot)
        let (downtime, overflowToo) = wall.subtractingReportingOverflow(seal.wall)
        let (shift, overflowAtLast) = uptime.subtractingReportingOverflow(downtime)
        return overflow || overflowToo || overflowAtLast ? nil : shift  // No clock says such things.
    }

    package static func == (left: LeaseBook, right: LeaseBook) -> Bool {
        left.leases == right.leases && left.boot == right.boot && left.seal?.wall == right.seal?.wall
            && left.seal?.sinceBoot == right.seal?.sinceBoot
    }
}
