import KnockCore

/// A `knockd.conf`, read as knockd 0.8 reads it (parseconfig() in its knockd.c).
///
///     [options]
///         UseSyslog
///     [openSSH]
///         sequence = 7000,8000:udp,9000
///         command  = /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
///
/// A line is trimmed; `#` begins a comment at its start only, keys are in either case, numbers end where their digits end.
struct KnockdFile {
    /// The lines of `[options]`.
    private(set) var options: [KnockdSetting] = []
    private(set) var sections: [KnockdSection] = []
    private(set) var complaints: [Complaint] = []

    /// Comments since the last setting: if a section follows, they stand above it, and belong to it.
    private var comments: [String] = []
    private var isInOptions = false

    /// knockd reads a line into a buffer of this size (PATH_MAX), and takes what doesn't fit for the next line.
    private static let longestLine = 4095
    /// Far more doors than anyone has: each is read with all the others, again and again.
    private static let mostSections = 256

    init(_ source: ForeignText) {
        for (index, line) in source.lines.enumerated() {
            let number = index + 1
            if line.utf8.contains(0) {
                complaints.append(Complaint(line: number, "a NUL byte: this isn't a text file"))
                break
            }
            if line.utf8.count >= KnockdFile.longestLine {
                complaints.append(Complaint(line: number, "knockd reads \(KnockdFile.longestLine - 1) bytes of a line"))
            } else {
                read(line, number: number)
            }
            guard sections.count <= KnockdFile.mostSections else {
                complaints.append(Complaint(line: number, "there can be \(KnockdFile.mostSections) doors at most"))
                break
            }
        }
        keepComments()
        for section in sections where !section.mentionsSequence {
            complaints.append(Complaint(line: section.line, "\(section.title) has no sequence"))
        }
        complaints.sort { $0.line < $1.line }
    }

    private mutating func read(_ line: String, number: Int) {
        let content = line.trimmed
        let column = line.unicodeScalars.prefix(while: \.isSpace).count + 1
        if content.isEmpty { return }
        if content.first == "#" {
            comments.append(content.commentable)
        } else if content.first == "[", content.last == "]", content.count > 1 {
            begin(content.dropFirst().dropLast(), at: (number, column))
        } else {
            let (key, value) = content.halves
            do {
                try take(KnockdSetting(text: content.commentable, key: key, value: value, line: number), column: column)
            } catch {
                complaints.append(error)
            }
        }
    }

    private mutating func begin(_ name: Substring, at place: (line: Int, column: Int)) {
        isInOptions = name == "options"
        if name.isEmpty {
            complaints.append(Complaint(line: place.line, column: place.column, "a section without a name"))
        }
        if !isInOptions {
            sections.append(KnockdSection(name: String(name), line: place.line, comments: comments))
            comments = []
        }
    }

    private mutating func take(_ setting: KnockdSetting, column: Int) throws(Complaint) {
        func refused(_ message: String) -> Complaint { Complaint(line: setting.line, column: column, message) }
        if setting.value == nil {
            guard setting.key == "USESYSLOG" else {
                throw refused("expected key = value, or a [section], not \(setting.text.firstWord.quoted) …")
            }
        }
        guard isInOptions || !sections.isEmpty else {
            throw refused("\(setting.text.halves.key.quoted) stands before any section")
        }
        if isInOptions || setting.value == nil {
            guard setting.value == nil || ["LOGFILE", "PIDFILE", "INTERFACE"].contains(setting.key) else {
                throw refused(
                    "unknown option \(setting.text.halves.key.quoted): there are UseSyslog, LogFile, PidFile, Interface"
                )
            }
            options.append(setting)
        } else {
            keepComments()
            try sections[sections.count - 1].take(setting, column: column)
        }
    }

    private mutating func keepComments() {
        if !sections.isEmpty { sections[sections.count - 1].comments += comments }
        comments = []
    }
}

/// One `key = value` of a knockd.conf; without `=` there's no value.
struct KnockdSetting {
    /// The line as it stands there, for a comment.
    let text: String
    /// In capitals.
    let key: String
    let value: String?
    let line: Int
}

extension KnockdSetting {
    init(text: String, key: Substring, value: Substring?, line: Int) {
        self.init(text: text, key: key.uppercased(), value: value.map(String.init), line: line)
    }
}

extension StringProtocol {
    /// The trimmed parts before and behind the first `=`; nothing behind it when there's none.
    fileprivate var halves: (key: Substring, value: Substring?) {
        guard let equals = utf8.firstIndex(of: UInt8(ascii: "=")) else { return (Substring(self).trimmed, nil) }
        return (Substring(self[..<equals]).trimmed, Substring(self[utf8.index(after: equals)...]).trimmed)
    }
}
