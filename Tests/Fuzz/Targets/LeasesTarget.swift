import KnockCore
import KnockDaemon

extension FuzzTarget {
    /// R12: the leases file, read by a daemon after another boot and in the same one. No lease is longer than it was
    /// granted, and what the daemon writes it can read.
    static let leases = FuzzTarget(
        "leases", longest: 400, of: ["Sources/KnockDaemon/LeaseBook.swift", "Sources/KnockDaemon/LeaseRecord.swift"]
    ) { bytes throws(BrokenPromise) in
        guard let text = String(validating: bytes, as: UTF8.self), let book = LeaseBook(text) else { return .refused }
        for line in text.split(separator: "\n") {
            guard let record = LeaseRecord(line) else { continue }
            try promise(LeaseRecord(record.line.dropLast()) == record, "written again, \(record) is another record")
        }
        try checkLeases(book, boot: book.boot, sinceBoot: book.seal?.sinceBoot ?? 0, wall: .max)
        for downtime: Int64 in [-1_000_000_000, 0, 1, 3_600_000_000_000] {
            guard let wall = book.seal?.wall.addingReportingOverflow(downtime).partialValue else { break }
            try checkLeases(book, boot: book.boot + "'", sinceBoot: 5_000_000_000, wall: wall)
        }
        return .understood
    }

    private static func checkLeases(
        _ book: LeaseBook, boot: String, sinceBoot: Int64, wall: Int64
    ) throws(BrokenPromise) {
        guard let shift = book.clockShift(boot: boot, sinceBoot: sinceBoot, wall: wall) else { return }
        var gate = Gate(rules, seed: HashSeed(1, 2))
        let now = Instant(nanoseconds: sinceBoot)
        let count = LeaseFile.restore(book, shiftedBy: shift, into: &gate, at: now)
        try promise(count <= book.leases.count && gate.leaseCount <= count, "\(count) leases of \(book.leases.count)")
        var (broken, lines): (BrokenPromise?, [LeaseRecord]) = (nil, [])
        gate.forEachLease(at: now) { lease in
            let name = rules.doors[lease.door].name
            lines += LeaseRecord.records(of: lease, door: name)
            let granted = book.leases.filter { $0.key.door == name }.values.map(\.deadline)
            let left = now.duration(to: lease.deadline)
            // What was left when the file was sealed; in the same boot the deadline itself.
            let least = boot == book.boot ? now : Instant(nanoseconds: book.seal?.sinceBoot ?? .max)
            if !granted.contains(where: { left <= least.duration(to: Instant(nanoseconds: $0)) }) {
                broken = BrokenPromise("a lease lasts \(left), longer than any that was granted")
            }
        }
        if let broken { throw broken }
        try checkRoundTrip(lines, gate)
    }

    private static func checkRoundTrip(_ records: [LeaseRecord], _ gate: borrowing Gate) throws(BrokenPromise) {
        let text = "\(LeaseRecord.heading)\nboot one\n" + records.map(\.line).joined()
        guard let book = LeaseBook(text) else { throw BrokenPromise("what is written can't be read: \(text)") }
        try promise(book.leases.count == gate.leaseCount, "leases get lost in writing: \(text)")
    }

    private static let rules: Rules = {
        var rules = Rules()
        guard let sequence = KnockSequence([.udp(1)]) else { return rules }
        rules.doors = ["ssh", "web"].map { Door(name: $0, protects: [.tcp(22)], sequence: sequence) }
        rules.doors[1].connections = 2
        rules.ipv6SourcePrefix = 64
        (rules.visitCapacity, rules.leaseCapacity) = (1, 8)
        return rules
    }()
}
