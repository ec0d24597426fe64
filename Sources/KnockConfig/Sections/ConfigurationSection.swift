import KnockCore

/// A section of knockgate.conf.
enum ConfigurationSection: SectionKind {
    /// `[gate]`: what holds for all doors.
    case gate
    /// `[door ssh]`; without its name when that can't be used, which was reported.
    case door(name: Token?)

    enum Word: String, CaseIterable {
        case gate
        case door
    }

    static let headers = [GateKey.section, DoorKey.section]

    init(_ word: Word, _ rest: Token, findings: inout Findings) {
        switch word {
        case .gate:
            if !rest.text.isEmpty { findings.error("[gate] has no name, not \(rest.quoted)", at: rest.place) }
            self = .gate
        case .door:
            self = .door(name: findings.attempt { () throws(Finding) in try rest.doorName() })
        }
    }
}

extension Token {
    fileprivate func doorName() throws(Finding) -> Token {
        guard Door.canBeNamed(text) else {
            throw refused("a door's name is 1 to 32 of letters, digits, \".\", \"_\" and \"-\", not \(quoted)")
        }
        return self
    }
}
