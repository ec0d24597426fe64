internal import Glibc
internal import Host
package import KnockCore

/// Keeps the leases on disk, so that they outlive the daemon (R12): a journal, to which each change is appended as it
/// happens. A change that takes something away from a source is written before the packet that brought it is answered.
///
/// When the disk refuses, the file is emptied: after a crash nobody gets in by a lease that had ended. Where it refuses that,
/// too, a doubt is raised, so that the next daemon doesn't believe the file. The leases go on in memory, and the file is
/// written anew as soon as the disk allows.
package struct LeaseFile: ~Copyable {
    private let path: String
    private let boot: String
    private var doubt: Doubt
    private var file: Descriptor
    /// Whether the disk was read-only when the file was opened: what is in it could not be taken away from anybody.
    private let isReadOnly: Bool
    private var linesWritten = 0
    /// Whether the disk refused, and the file has to be written anew.
    private(set) var isBehind = false

    /// Opens the file in the directory `state`, without reading or changing it. On a disk that is read-only it will do as it
    /// is: a gate that keeps no leases is better than none.
    static func open(in state: String, _ doubt: consuming Doubt) throws(HostError) -> LeaseFile {
        let path = state + "/leases"
        let boot = try BootID.current
        var number = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let isReadOnly = number < 0 && errno == EROFS
        if isReadOnly { number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC) }
        let file = try Descriptor(number, "open", path)
        return LeaseFile(path: path, boot: boot, doubt: doubt, file: file, isReadOnly: isReadOnly)
    }

    private init(
        path: String, boot: String, doubt: consuming Doubt, file: consuming Descriptor, isReadOnly: Bool
    ) {
        (self.path, self.boot, self.isReadOnly) = (path, boot, isReadOnly)
        self.doubt = doubt
        self.file = file
    }

    /// Puts the leases of the file into `gate`. What the file can't vouch for stays out.
    ///
    /// - Returns: how many leases were taken up, or why none could be.
    func restore(into gate: inout Gate, at now: Instant) throws(HostError) -> Restored {
        let bytes = try Files.read(path, limit: 1 << 30)
        guard !bytes.isEmpty else { return .taken(0) }
        guard let text = String(validating: bytes, as: UTF8.self), let book = LeaseBook(text) else {
            let aside = path + ".unreadable"
            do throws(HostError) {
                try Files.replace(aside, with: bytes, lasting: false)
                return .unreadable(keptAs: aside)
            } catch {
                return .unreadable(keptAs: nil)  // A full disk is no reason to stay shut.
            }
        }
        guard !isReadOnly, !doubt.isRaised else {
            return book.leases.isEmpty ? .taken(0) : .outdated(book.leases.count)
        }
        guard let shift = book.clockShift(boot: boot, sinceBoot: now.nanoseconds, wall: Clock.wall) else {
            return book.leases.isEmpty ? .taken(0) : .notVouchedFor(book.leases.count)
        }
        return .taken(LeaseFile.restore(book, shiftedBy: shift, into: &gate, at: now))
    }

    enum Restored: Equatable {
        case taken(Int)
        case notVouchedFor(Int)
        case outdated(Int)
        case unreadable(keptAs: String?)
    }

    /// Puts the leases of a book whose clock is `shift` behind this machine's into `gate`, and answers how many found
    /// their door and their time.
    package static func restore(
        _ book: LeaseBook, shiftedBy shift: Int64, into gate: inout Gate, at now: Instant
    ) -> Int {
        let doors = gate.rules.doorPlaces
        var count = 0
        for (holder, holding) in book.leases {
            let (deadline, overflow) = holding.deadline.addingReportingOverflow(shift)
            guard !overflow, let door = doors[holder.door],
                let source = Network(holder.source), Source(source, as: gate.rules) != nil
            else { continue }
            if gate.restore(
                door, for: source.address, until: Instant(nanoseconds: deadline), acceptedPorts: holding.ports, at: now)
            {
                count += 1
            }
        }
        return count
    }

    /// Appends what `events` change, in one write.
    mutating func append(_ events: [Event], doors: [Door]) {
        let records = events.compactMap { LeaseRecord($0, door: doors[$0.door].name) }
        guard !records.isEmpty, !isBehind else { return }
        write(records)
    }

    /// Writes the file anew when it is behind, not in its place any more, or much longer than what it holds.
    mutating func tidy(_ gate: borrowing Gate, at now: Instant) {
        if isBehind || isAstray || linesWritten > 1024 + 4 * gate.leaseCount { rewrite(gate, at: now) }
    }

    /// Whether somebody has taken away the file, or the directory that it is in.
    private var isAstray: Bool {
        var (own, found) = (stat(), stat())
        guard unsafe fstat(file.number, &own) == 0 else { return false }
        return unsafe stat(path, &found) != 0 || (own.st_dev, own.st_ino) != (found.st_dev, found.st_ino)
    }

    /// Writes the file anew, with the leases as they stand.
    mutating func rewrite(_ gate: borrowing Gate, at now: Instant) {
        rewrite(gate, at: now, ending: nil, lasting: false)
    }

    /// Writes the file anew for the first time, and waits until that has reached the disk: the sealed one of before must
    /// not come back when the power fails, with leases that end from now on.
    mutating func unseal(_ gate: borrowing Gate, at now: Instant) {
        rewrite(gate, at: now, ending: nil, lasting: true)
    }

    /// Writes the file anew for the last time: it reaches the disk, and tells when the daemon left.
    mutating func seal(_ gate: borrowing Gate, at now: Instant) {
        rewrite(gate, at: now, ending: .sealed(sinceBoot: now.nanoseconds, wall: Clock.wall), lasting: true)
    }

    private mutating func rewrite(
        _ gate: borrowing Gate, at now: Instant, ending: LeaseRecord?, lasting: Bool
    ) {
        var text = "\(LeaseRecord.heading)\nboot \(boot)\n"
        linesWritten = 0
        let doors = gate.rules.doors
        var records: [LeaseRecord] = []
        gate.forEachLease(at: now) { records += LeaseRecord.records(of: $0, door: doors[$0.door].name) }
        if let ending { records.append(ending) }
        for record in records { text += record.line }
        do throws(HostError) {
            let new = try Files.replace(path, with: Array(text.utf8), lasting: lasting)
            ftruncate(file.number, 0)  // Where it has a name still, as in a directory that was moved away.
            file = new
            doubt.settle()
            linesWritten = records.count
            if isBehind { Console.say(.notice, "\(path) is up to date again") }
            isBehind = false
        } catch {
            fallBehind(error)
        }
    }

    private mutating func write(_ records: [LeaseRecord]) {
        let text = records.map(\.line).joined()
        do throws(HostError) {
            try file.write(Array(text.utf8).span, to: path)
            linesWritten += records.count
        } catch {
            fallBehind(error)
        }
    }

    private mutating func fallBehind(_ error: HostError) {
        if !isBehind {
            Console.say(
                .error,
                "\(error); until that is mended, leases would not outlive this daemon (no one is locked out now)")
        }
        isBehind = true
        let isEmptied = ftruncate(file.number, 0) == 0
        // Another one, when it was put in place and what came behind that failed.
        let isOtherEmptied = unsafe truncate(path, 0) == 0 || errno == ENOENT
        if !isEmptied || !isOtherEmptied { doubt.raise() }
    }
}

extension Source {
    /// The source that `network` stands for under `rules`; nil when `ipv6_source_prefix` was another one then.
    fileprivate init?(_ network: Network, as rules: Rules) {
        self.init(network.address, ipv6Prefix: rules.ipv6SourcePrefix)
        guard Int(prefixLength) == network.prefixLength else { return nil }
    }
}
