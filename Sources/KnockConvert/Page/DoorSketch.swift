import KnockCore

/// A door on its way to the page: what it will say, and what has to be said about it.
struct DoorSketch {
    /// Where it comes from: `[openSSH] of line 4`.
    let origin: String
    /// The line it comes from, for errors.
    let line: Int
    var name: String
    /// Empty when they aren't known.
    var protects: [Port] = []
    /// Empty when they aren't known.
    var sequence: [Port] = []
    var closeSequence: [Port] = []
    var sequenceTimeout: Seconds?
    var openFor: Seconds?
    var connections: Int?
    /// As a door writes them; nil for the default.
    var tcpFlags: String?
    var target: String?

    var remarks: [Remark] = []
    /// Why it can't work as it is: then all of it is a comment.
    private(set) var hindrances: [String] = []

    init(origin: String, line: Int, name: String) {
        (self.origin, self.line, self.name) = (origin, line, name)
    }

    mutating func hinder(_ reason: String) { hindrances.append(reason) }

    mutating func note(_ reason: String, keeping lines: [String] = []) {
        remarks.append(Remark(reason, isNote: true, lines: lines))
    }

    mutating func remark(_ reason: String, keeping lines: [String] = []) {
        remarks.append(Remark(reason, isNote: false, lines: lines))
    }

    var works: Bool { hindrances.isEmpty }

    var notes: Int { remarks.count(where: \.isNote) + (works ? 0 : 1) }

    /// As the page has it, comments first.
    var lines: [String] {
        var lines = Comment.lines("From \(origin).")
        if !works {
            let todo = protects.isEmpty || sequence.isEmpty ? "put in what is missing, and" : "mend that, and"
            lines += Comment.lines(
                "NOTE: this is no door yet: \(hindrances.joined(separator: "; ")). To make it one, \(todo) delete the # of "
                    + "these lines.")
        }
        lines += remarks.flatMap(\.commentLines)
        return lines + section.map { works ? $0 : "#\($0)" }
    }

    /// The section as a configuration has it.
    var section: [String] {
        let width = settings.map(\.key.count).max() ?? 0
        return ["[door \(name)]"]
            + settings.map { key, value in
                key + String(repeating: " ", count: width - key.count) + " = " + value
            }
    }

    private var settings: [(key: String, value: String)] {
        var settings = [
            ("protects", protects.isEmpty ? "PORT/tcp" : protects.text),
            ("sequence", sequence.isEmpty ? "FIRST SECOND THIRD" : sequence.text),
        ]
        if !closeSequence.isEmpty { settings.append(("close_sequence", closeSequence.text)) }
        if let sequenceTimeout { settings.append(("seq_timeout", sequenceTimeout.text)) }
        if let openFor { settings.append(("open_for", openFor.text)) }
        if let connections { settings.append(("connections", "\(connections)")) }
        if let tcpFlags { settings.append(("tcpflags", tcpFlags)) }
        if let target { settings.append(("target", target)) }
        return settings
    }
}

/// Something to be said about a door, and the lines that it is about.
struct Remark: Equatable {
    let reason: String
    /// Whether somebody should look at it.
    let isNote: Bool
    let lines: [String]

    init(_ reason: String, isNote: Bool, lines: [String] = []) {
        (self.reason, self.isNote, self.lines) = (reason, isNote, lines)
    }

    var commentLines: [String] {
        Comment.lines(isNote ? "NOTE: \(reason)" : reason) + lines.map { "#     \($0)" }
    }
}

/// Lines of comment.
enum Comment {
    private static let width = 100

    /// The text behind `#`, broken between its words.
    static func lines(_ text: String) -> [String] {
        var lines: [String] = []
        var line = "#"
        for word in text.split(separator: " ") {
            if line.count + 1 + word.count > width, line.count > 1 {
                lines.append(line)
                line = "#"
            }
            line += " \(word)"
        }
        return lines + [line]
    }
}

/// Whole seconds, as a door writes them: `45s`, `5m`, `1h`.
struct Seconds: Equatable {
    let count: Int

    init(_ count: Int) { self.count = count }

    var text: String {
        if count >= 3600, count.isMultiple(of: 3600) { return "\(count / 3600)h" }
        return count >= 120 && count.isMultiple(of: 60) ? "\(count / 60)m" : "\(count)s"
    }
}

extension [Port] {
    /// `22/tcp 80/tcp`.
    var text: String { map(\.description).joined(separator: " ") }
}
