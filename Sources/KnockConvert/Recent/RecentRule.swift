import KnockCore

/// One rule of iptables-save, as far as a walk through the chains needs it.
struct RecentRule {
    /// A match, in the order in which the kernel asks.
    enum Match: Equatable {
        case transport(Transport)
        case ports(Set<UInt16>, isInverted: Bool)
        case recent(RecentMatch)
        /// Takes what a stranger's first packet is, or takes it not: conntrack states, interfaces, sources.
        case fixed(Bool)
        /// The sources of a rule that lets some in without knocking.
        case sources(String)
        /// Nobody knows.
        case unknown(String)
    }

    enum Target: Equatable {
        case accept
        case drop
        case leave
        case chain(String, isGoto: Bool)
        /// Something that lets the packet go on: LOG, or no target at all.
        case none
    }

    let line: Int
    let text: String
    var matches: [Match] = []
    var target = Target.none
    /// The address or network that packets go to; nil for any.
    var destination: String?
    /// What is understood, and has no twin in a door: interfaces, limits.
    var passedOver: [String] = []

    /// The first match that isn't understood.
    var puzzle: String? {
        for case .unknown(let name) in matches { return name }
        return nil
    }

    /// All that a door doesn't ask.
    var unasked: [String] { [puzzle].compactMap { $0 } + passedOver }

    var recents: [RecentMatch] {
        matches.compactMap { if case .recent(let match) = $0 { match } else { nil } }
    }

    /// The ports that it is about, with their protocols; empty without any.
    var ports: [Port] {
        let transports = matches.compactMap { if case .transport(let transport) = $0 { transport } else { nil } }
        return matches.flatMap { match -> [Port] in
            guard case .ports(let numbers, isInverted: false) = match, let transport = transports.first else {
                return []
            }
            return numbers.sorted().map { Port($0, transport) }
        }
    }
}

/// The match `recent` of iptables-extensions(8): lists of sources, and when they were seen.
struct RecentMatch: Equatable {
    enum Action: Equatable {
        case set
        case check
        case update
        case remove
    }

    var list = "DEFAULT"
    var action = Action.check
    var seconds: Int?
    var hits = 1
    var isInverted = false
    /// Options that make it something else than a list of sources.
    var oddity: String?
}
