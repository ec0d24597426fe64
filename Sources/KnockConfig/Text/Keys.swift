/// The keys of one kind of section.
protocol SectionKey: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// How a message calls such a section.
    static var section: String { get }
    /// Other words that people bring along, knockd's among them, and the keys that say it here.
    static var habits: [String: Self] { get }
    /// The other kinds of section in the same file: a key of theirs is sent there.
    static var neighbours: [any SectionKey.Type] { get }
}

enum GateKey: String, SectionKey {
    case queue
    case queueLength = "queue_length"
    case mark
    case otherwise
    case closed
    case ignore
    case allowFrom = "allow_from"
    case ipv6SourcePrefix = "ipv6_source_prefix"
    case visits
    case leases

    static let section = "[gate]"
    static let habits: [String: GateKey] = ["queue_num": .queue, "maxlen": .queueLength, "whitelist": .allowFrom]
    static let neighbours: [any SectionKey.Type] = [DoorKey.self]
}

enum DoorKey: String, SectionKey {
    case protects
    case sequence
    case closeSequence = "close_sequence"
    case sequenceTimeout = "seq_timeout"
    case openFor = "open_for"
    case connections
    case tcpFlags = "tcpflags"
    case target

    static let section = "[door NAME]"
    static let habits: [String: DoorKey] = [
        "cmd_timeout": .openFor, "timeout": .sequenceTimeout, "port": .protects, "ports": .protects,
    ]
    static let neighbours: [any SectionKey.Type] = [GateKey.self]
}

/// The keys that a section has so far.
struct Keys<Key: SectionKey> {
    private var places: [Key: Place] = [:]
    /// Those that a line may have been meant to set, readable or not: they don't count as missing.
    private(set) var mentioned: Set<Key> = []

    /// The key and the value of an entry; nil when there's nothing to set, which has been reported.
    mutating func take(_ entry: Entry, findings: inout Findings) -> (key: Key, value: Token)? {
        let word = entry.key.lowercased
        guard let key = Key(rawValue: word) else {
            let meant = Keys.meant(by: word)
            if let meant { mentioned.insert(meant) }
            if entry.value != nil { findings.error(Keys.unknown(entry.key, meant), at: entry.key.place) }
            return nil
        }
        mentioned.insert(key)
        guard let value = entry.value else { return nil }
        if let first = places[key] {
            findings.error("\(word) stands twice: the first is at \(findings.name(of: first))", at: entry.key.place)
        }
        places[key] = places[key] ?? entry.key.place
        return (key, value)
    }

    private static func meant(by word: String) -> Key? {
        Key.habits[word] ?? nearest(to: word, among: Key.allCases.map(\.rawValue)).flatMap(Key.init)
    }

    private static func unknown(_ token: Token, _ meant: Key?) -> String {
        let unknown = "unknown key \(token.quoted)"
        if let meant { return "\(unknown): did you mean \"\(meant.rawValue)\"?" }
        for neighbour in Key.neighbours where neighbour.has(token.lowercased) {
            return "\(unknown): it belongs to \(neighbour.section)"
        }
        return "\(unknown): \(Key.section) has \(Key.allCases.map(\.rawValue).joined(separator: ", "))"
    }
}

extension SectionKey {
    fileprivate static func has(_ word: String) -> Bool { Self(rawValue: word) != nil }
}
