import KnockCore

/// Which closing section belongs to which opening one.
struct KnockdPairs {
    private let openers: [KnockdDoor]
    private let closers: [KnockdDoor]
    /// For each opener, the closers that belong to it.
    private var matches: [[Int]] = []
    private var naming = DoorNaming()

    init(_ doors: [KnockdDoor]) {
        openers = doors.filter { $0.role != .closes }
        closers = doors.filter { $0.role == .closes }
        matches = openers.map { opener in closers.indices.filter { closers[$0].closes(opener) } }
    }

    /// Closing sections that close nothing that is opened here.
    var leftOver: [Remark] {
        closers.indices.filter { index in !matches.contains { $0.contains(index) } }.map { index in
            let closer = closers[index]
            let ports = closer.ports(.closes)
            let what = ports.isEmpty ? "closes ports that can't be told" : "closes \(ports.text)"
            return Remark(
                "\(closer.section.title) \(what), and no section opens just these: it isn't part of any door.",
                isNote: true,
                lines: ["[\(closer.section.name.commentable)]"] + closer.section.comments + closer.kept)
        }
    }

    mutating func sketches() -> [DoorSketch] {
        openers.indices.map { index in
            let opener = openers[index]
            let closer = matches[index].first.map { closers[$0] }
            let wish = closer.flatMap { $0.commonName(with: opener) } ?? opener.section.name
            let name = naming.name(wish)
            var sketch = opener.sketch(named: name)
            if let closer {
                sketch = sketch.closed(by: closer, opener: opener)
            } else if name != opener.section.name {
                sketch.remark("Its name was \(opener.section.name.quoted).")
            }
            for extra in matches[index].dropFirst() {
                sketch.note(
                    "a door has one close_sequence. \(closers[extra].section.title) closed it, too:",
                    keeping: closers[extra].kept)
            }
            return sketch
        }
    }
}

extension KnockdDoor {
    /// Whether this section takes back what `opener` does.
    fileprivate func closes(_ opener: KnockdDoor) -> Bool {
        guard opener.role == .opens else { return false }
        let (opened, closed) = (opener.ports(.opens), ports(.closes))
        if !opened.isEmpty, !closed.isEmpty { return Set(closed).isSuperset(of: opened) }
        // What the one or the other is about can't be told: then by their sequences or names.
        return commonName(with: opener) != nil || (knocks.count > 1 && knocks == opener.knocks.reversed())
    }

    /// `SSH` for openSSH and closeSSH.
    fileprivate func commonName(with opener: KnockdDoor) -> String? {
        guard let opened = opener.section.name.behind("open"), let closed = section.name.behind("close"),
            opened.lowercased() == closed.lowercased(), !opened.isEmpty
        else { return nil }
        return String(opened)
    }
}

extension DoorSketch {
    fileprivate func closed(by closer: KnockdDoor, opener: KnockdDoor) -> DoorSketch {
        var door = DoorSketch(origin: "\(origin), closed by \(closer.section.title)", line: line, name: name)
        (door.protects, door.sequence, door.sequenceTimeout, door.openFor) = (
            protects, sequence, sequenceTimeout, openFor
        )
        (door.connections, door.tcpFlags, door.target, door.remarks) = (connections, tcpFlags, target, remarks)
        for reason in hindrances { door.hinder(reason) }
        door.close(by: closer, opener: opener)
        return door
    }

    private mutating func close(by closer: KnockdDoor, opener: KnockdDoor) {
        let section = closer.section
        if !section.comments.isEmpty { remark("The comments of \(section.title) were:", keeping: section.comments) }
        if let flaw = section.sequence?.flaw {
            note("this can't be its close_sequence: \(flaw).", keeping: section.lines(of: "SEQUENCE"))
        } else if section.oneTimeSequences != nil {
            note("this can't be its close_sequence: knockgated can't read such a file yet.", keeping: closer.kept)
        } else {
            closeSequence = closer.knocks
        }
        let others = section.differences(from: opener.section)
        if !others.isEmpty {
            note(
                "a door has one seq_timeout, tcpflags and target, for both sequences. Those of \(section.title) were others:",
                keeping: others)
        }
        let foreign = (closer.start.foreign + closer.startIPv6.foreign).distinct
        if !foreign.isEmpty {
            note("a gate runs no commands. These ran when the door was closed by a knock:", keeping: foreign)
        }
        if section.stop?.isEmpty == false {
            note("this ran some time after the door was closed by a knock:", keeping: section.lines(of: "STOP_COMMAND"))
        }
    }
}

extension String {
    /// What follows a word at the start, in either case, and a hyphen or the like behind it.
    fileprivate func behind(_ word: String) -> Substring? {
        guard lowercased().hasPrefix(word), count >= word.count else { return nil }
        return dropFirst(word.count).drop { "-_. ".contains($0) }
    }
}
