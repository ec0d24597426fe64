import KnockCore

/// A section of a knockd.conf, and what its commands do.
struct KnockdDoor {
    enum Role: Equatable {
        case opens
        case closes
        /// Nothing that a gate knows.
        case neither
    }

    let section: KnockdSection
    let start: CommandReading
    let startIPv6: CommandReading
    let stop: CommandReading

    init(_ section: KnockdSection) {
        self.section = section
        start = CommandReading(section.start)
        startIPv6 = CommandReading(section.startIPv6)
        stop = CommandReading([section.stop, section.stopIPv6].compactMap { $0 }.joined(separator: "\n;"))
    }

    var role: Role {
        for effect in [FirewallChange.Effect.opens, .closes] where !ports(effect).isEmpty || puzzles(effect) != [] {
            return effect == .opens ? .opens : .closes
        }
        return .neither
    }

    func ports(_ effect: FirewallChange.Effect) -> [Port] { (start.ports(effect) + startIPv6.ports(effect)).distinct }

    func puzzles(_ effect: FirewallChange.Effect) -> [String] {
        (start.puzzles(effect) + startIPv6.puzzles(effect)).distinct
    }

    var knocks: [Port] { section.oneTimeSequences == nil ? section.sequence?.knocks ?? [] : [] }

    /// Whether something happens when the time is up: an empty command does nothing.
    var hasStop: Bool { section.stop?.isEmpty == false || section.stopIPv6?.isEmpty == false }

    /// All its lines, for a comment.
    var kept: [String] { section.settings.map(\.text) }
}
