internal import KnockCore

extension Status {
    /// Reads the lines between `status 1` and `end`. Kinds of lines that a newer daemon has added are passed over, and so
    /// are words it has added to a line.
    init(lines: some Sequence<ArraySlice<UInt8>>) throws(ReplyError) {
        var draft = StatusDraft()
        for line in lines { try draft.read(line) }
        guard let version = draft.version else { throw .missing("version") }
        guard let pid = draft.pid else { throw .missing("pid") }
        guard let uptime = draft.uptime else { throw .missing("uptime") }
        guard let queue = draft.queue else { throw .missing("queue") }
        guard let verdicts = draft.verdicts else { throw .missing("verdicts") }
        guard let malformed = draft.malformed else { throw .missing("malformed") }
        guard let unmarkedRule = draft.unmarkedRule else { throw .missing("rule") }
        self.init(
            version: version, pid: pid, uptime: uptime, queue: queue, verdicts: verdicts, malformed: malformed,
            unmarkedRule: unmarkedRule, doors: draft.doors, mark: draft.mark)
    }
}

/// What was read of a status so far.
private struct StatusDraft {
    var version: String?
    var pid: Int32?
    var uptime: Duration?
    var queue: Status.Queue?
    var verdicts: Status.Verdicts?
    var malformed: UInt64?
    var unmarkedRule: Bool?
    var doors: [Status.Door] = []
    var mark: UInt32?

    mutating func read(_ line: ArraySlice<UInt8>) throws(ReplyError) {
        var words = LineWords(line)
        guard read(kind: words.kind, &words) else { throw .badLine(shown(line)) }
    }

    /// Answers whether a line of this kind may look like this.
    private mutating func read(kind: String, _ words: inout LineWords) -> Bool {
        switch kind {
        case "version": set(&version, to: words.text())
        case "pid": set(&pid, to: words.number())
        case "uptime": set(&uptime, to: words.duration())
        case "queue": set(&queue, to: Status.Queue(&words))
        case "verdicts": set(&verdicts, to: Status.Verdicts(&words))
        case "malformed": set(&malformed, to: words.number())
        case "rule": set(&unmarkedRule, to: words.choice("marked", "unmarked"))
        case "mark": set(&mark, to: words.number())
        case "door": append(Status.Door(&words))
        case "lease": append(Status.Lease(&words))
        case "visit": append(Status.Visit(&words))
        default: true
        }
    }

    private func set<Value>(_ place: inout Value?, to value: Value?) -> Bool {
        place = value
        return value != nil
    }

    private mutating func append(_ door: Status.Door?) -> Bool {
        guard let door else { return false }
        doors.append(door)
        return true
    }

    private mutating func append(_ lease: Status.Lease?) -> Bool {
        guard let lease, !doors.isEmpty else { return false }
        doors[doors.count - 1].leases.append(lease)
        return true
    }

    private mutating func append(_ visit: Status.Visit?) -> Bool {
        guard let visit, !doors.isEmpty else { return false }
        doors[doors.count - 1].visits.append(visit)
        return true
    }
}

extension Status.Queue {
    fileprivate init?(_ words: inout LineWords) {
        guard let number: UInt16 = words.number(), let waiting: UInt64 = words.number(),
            let lost: UInt64 = words.number(), let bound = words.choice("unbound", "bound")
        else { return nil }
        self.init(number: number, waiting: waiting, lost: lost, bound: bound)
    }
}

extension Status.Verdicts {
    fileprivate init?(_ words: inout LineWords) {
        guard let accept: UInt64 = words.number(), let drop: UInt64 = words.number(),
            let next: UInt64 = words.number()
        else { return nil }
        self.init(accept: accept, drop: drop, next: next)
    }
}

extension Status.Door {
    fileprivate init?(_ words: inout LineWords) {
        guard let name = words.text(), let protects = words.ports(), let knocks: Int = words.number(),
            let opened: UInt64 = words.number(), let leases: Int = words.number(), let visits: Int = words.number()
        else { return nil }
        self.init(
            name: name, protects: protects, knocks: knocks, opened: opened, leaseCount: leases, visitCount: visits)
    }
}

extension Status.Lease {
    fileprivate init?(_ words: inout LineWords) {
        guard let source = words.text(), let remaining = words.duration(), let connections: Int = words.number(),
            let limit = words.limit()
        else { return nil }
        self.init(source: source, remaining: remaining, connections: connections, limit: limit)
    }
}

extension Status.Visit {
    fileprivate init?(_ words: inout LineWords) {
        guard let source = words.text(), let heard: Int = words.number(), let of: Int = words.number(),
            let remaining = words.duration(), let closing = words.choice("opening", "closing")
        else { return nil }
        self.init(source: source, heard: heard, of: of, remaining: remaining, closing: closing)
    }
}
