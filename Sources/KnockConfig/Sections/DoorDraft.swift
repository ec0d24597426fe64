import KnockCore

/// A door as far as it could be read, and where its parts stand.
struct DoorDraft {
    /// Where its section begins.
    let place: Place
    /// Nil when it can't be used.
    let name: Token?
    private(set) var protects: PlacedList<Port>?
    private(set) var opening: PlacedList<Port>?
    private(set) var closing: PlacedList<Port>?

    private var keys = Keys<DoorKey>()
    private var protectedPorts: [Port] = []
    /// What the other keys change, in the order of the file.
    private var changes: [(inout Door) -> Void] = []

    init(_ section: Section<ConfigurationSection>, name: Token?, findings: inout Findings) {
        place = section.place
        self.name = name
        for entry in section.entries {
            guard let (key, value) = keys.take(entry, findings: &findings) else { continue }
            do { try set(key, to: value, findings: &findings) } catch { findings.add(error) }
        }
    }

    /// How a message calls it.
    var title: String { name.map { "door \($0.text)" } ?? "this door" }

    /// The door; nil without a name or a sequence. Whatever else of it couldn't be read was reported, so that no
    /// configuration comes of it.
    var door: Door? {
        guard let name, let sequence = opening?.sequence else { return nil }
        var door = Door(name: String(name.text), protects: protectedPorts, sequence: sequence)
        door.closeSequence = closing?.sequence
        for change in changes { change(&door) }
        return door
    }

    /// Reports what a door can't be without.
    func reportMissing(findings: inout Findings) {
        if !keys.mentioned.contains(.protects) {
            findings.error("\(title) protects nothing: expected protects = 22/tcp", at: place)
        }
        if !keys.mentioned.contains(.sequence) {
            findings.error("\(title) has no sequence: expected sequence = PORT PORT PORT", at: place)
        }
    }

    private mutating func set(_ key: DoorKey, to value: Token, findings: inout Findings) throws(Finding) {
        let name = key.rawValue
        switch key {
        case .protects:
            let list = value.ports((name, "ports"), atMost: 64, findings: &findings)
            (protects, protectedPorts) = (list, list.distinct(findings: &findings))
        case .sequence: opening = value.knocks(name, findings: &findings)
        case .closeSequence: closing = value.knocks(name, findings: &findings)
        case .sequenceTimeout:
            let timeout = try value.duration(upTo: (.seconds(3600), "1h"), name)
            changes.append { $0.sequenceTimeout = timeout }
        case .openFor:
            let duration = try value.duration(upTo: (.seconds(365 * 86400), "365d"), name)
            changes.append { $0.openFor = duration }
        case .connections:
            let connections = try value.connections()
            changes.append { $0.connections = connections }
        case .tcpFlags:
            guard let filter = value.tcpFlagsFilter(findings: &findings) else { return }
            changes.append { $0.tcpFlags = filter }
        case .target:
            let targets = value.addresses(name, atMost: 64, findings: &findings)
            changes.append { $0.targets = targets }
        }
    }
}

extension Token {
    fileprivate func addresses(_ key: String, atMost limit: Int, findings: inout Findings) -> [Address] {
        PlacedList(self, atMost: limit, (key, "addresses"), findings: &findings) { (word) throws(Finding) in
            try word.address()
        }.distinct(findings: &findings)
    }
}
