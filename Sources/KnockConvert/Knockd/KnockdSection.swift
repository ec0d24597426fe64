import KnockCore

/// A door of a knockd.conf. Where a key stands twice, knockd goes by the last one.
struct KnockdSection {
    let name: String
    let line: Int
    /// The administrator's own words, from above the section and from within it.
    var comments: [String]

    private(set) var sequence: KnockdSequence?
    private(set) var oneTimeSequences: String?
    private(set) var sequenceTimeout: Int?
    private(set) var commandTimeout: Int?
    private(set) var target: String?
    private(set) var flags = KnockdFlags()
    /// Nil where there's none; an empty one is a command that does nothing.
    private(set) var start: String?
    private(set) var startIPv6: String?
    private(set) var stop: String?
    private(set) var stopIPv6: String?
    /// All lines, in their order.
    private(set) var settings: [KnockdSetting] = []

    init(name: String, line: Int, comments: [String]) {
        (self.name, self.line, self.comments) = (name, line, comments)
    }

    /// `[openSSH] of line 4`.
    var title: String { "[\(name.commentable)] of line \(line)" }

    mutating func take(_ setting: KnockdSetting, column: Int) throws(Complaint) {
        let value = setting.value ?? ""
        let place = (setting.line, column)
        settings.append(setting)
        switch setting.key {
        case "SEQUENCE": sequence = try KnockdSequence(value, at: place)
        case "ONE_TIME_SEQUENCES": oneTimeSequences = value
        case "SEQ_TIMEOUT", "TIMEOUT": sequenceTimeout = value.leadingNumber
        case "CMD_TIMEOUT": commandTimeout = value.leadingNumber
        case "TCPFLAGS": try flags.read(value, at: place)
        case "TARGET": target = value
        case "START_COMMAND", "COMMAND": start = value
        case "START_COMMAND_6", "COMMAND_6": startIPv6 = value
        case "STOP_COMMAND": stop = value
        case "STOP_COMMAND_6": stopIPv6 = value
        default: throw KnockdSection.unknown(setting, column)
        }
    }

    private static func unknown(_ setting: KnockdSetting, _ column: Int) -> Complaint {
        let options = ["LOGFILE", "PIDFILE", "INTERFACE"].contains(setting.key)
        let hint = options ? "it belongs to [options]" : "knockd has no such key, and wouldn't start"
        return Complaint(line: setting.line, column: column, "unknown key \(setting.key.quoted): \(hint)")
    }

    /// Whether it has a sequence, readable or not.
    var mentionsSequence: Bool { settings.contains { ["SEQUENCE", "ONE_TIME_SEQUENCES"].contains($0.key) } }

    /// The lines by which keys are set that a later line sets again.
    var overruled: [String] {
        let canonical = ["TIMEOUT": "SEQ_TIMEOUT", "COMMAND": "START_COMMAND", "COMMAND_6": "START_COMMAND_6"]
        var seen: Set<String> = ["TCPFLAGS"]
        return settings.reversed().filter { setting in
            let key = canonical[setting.key] ?? setting.key
            return key != "TCPFLAGS" && !seen.insert(key).inserted
        }.reversed().map(\.text)
    }

    /// What this section asks of knocks otherwise than another one, as lines; a key that it hasn't has its default.
    func differences(from other: KnockdSection) -> [String] {
        let (timeout, defaultTimeout) = (sequenceTimeout, 25)
        var lines: [String] = []
        if (timeout ?? defaultTimeout) != (other.sequenceTimeout ?? defaultTimeout) {
            lines.append("seq_timeout = \(timeout ?? defaultTimeout)")
        }
        if flags != other.flags { lines.append("tcpflags = \(flags.isEmpty ? "(any)" : flags.names)") }
        if target != other.target { lines.append("target = \(target?.commentable ?? "(any)")") }
        return lines
    }

    /// The line that a key has in the file; nothing when it isn't there.
    func lines(of keys: String...) -> [String] {
        settings.last { keys.contains($0.key) }.map { [$0.text] } ?? []
    }
}

/// The knocks of a section: up to 32, of which port 0 may be one. `7000, 8000:udp`.
struct KnockdSequence: Equatable {
    let knocks: [Port]
    private static let longest = 32

    init(_ text: String, at place: (line: Int, column: Int)) throws(Complaint) {
        func refused(_ message: String) -> Complaint {
            Complaint(line: place.line, column: place.column, message)
        }
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        guard words.count <= KnockdSequence.longest else {
            throw refused("a sequence has at most \(KnockdSequence.longest) knocks, not \(words.count)")
        }
        var knocks: [Port] = []
        for word in words {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            guard let number = UInt16(exactly: parts[0].leadingNumber) else {
                throw refused("a port is 1 to 65535, not \(parts[0].trimmed.quoted)")
            }
            let name = parts.count > 1 ? parts[1].trimmed.lowercased() : "tcp"
            guard let transport = Transport.allCases.first(where: { $0.description == name }) else {
                throw refused("a knock's protocol is tcp or udp, not \(name.quoted)")
            }
            knocks.append(Port(number, transport))
        }
        self.knocks = knocks
    }

    /// Why a door here can't have it; nil when it can.
    var flaw: String? {
        if knocks.count > KnockSequence.longest {
            return "it has \(knocks.count) knocks, and a door \(KnockSequence.longest) at most"
        }
        guard let index = knocks.firstIndex(where: { $0.number == 0 }) else { return nil }
        return "its knock number \(index + 1) is port 0 (as which knockd takes whatever isn't a number)"
    }
}

/// What `tcpflags` asks of a knock. Those that aren't named don't matter.
struct KnockdFlags: Equatable {
    private var wanted: [String: Bool] = [:]
    private static let names = ["fin", "syn", "rst", "psh", "ack", "urg"]

    mutating func read(_ text: String, at place: (line: Int, column: Int)) throws(Complaint) {
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isWanted = word.first != "!"
            let name = (isWanted ? word : word.dropFirst()).lowercased()
            guard KnockdFlags.names.contains(name) else {
                let hint = KnockdFlags.names.contains(String(name.trimmed)) ? " (knockd takes no blanks here)" : ""
                throw Complaint(
                    line: place.line, column: place.column,
                    "a TCP flag is syn, fin, rst, psh, ack or urg, or one of them behind \"!\", not \(word.quoted)\(hint)"
                )
            }
            wanted[name] = isWanted
        }
    }

    var isEmpty: Bool { wanted.isEmpty }

    /// As a door says it; nil when that's what a door says by default: SYN, and none of those that a first packet never has.
    var text: String? {
        let others = wanted.filter { $0.key != "syn" }
        if wanted["syn"] == true, others.allSatisfy({ !$0.value && ["ack", "rst", "fin"].contains($0.key) }) {
            return nil
        }
        return names
    }

    /// All that are named.
    var names: String {
        KnockdFlags.names.compactMap { name in
            wanted[name].map { $0 ? name : "!\(name)" }
        }.joined(separator: " ")
    }
}
