import KnockCore

/// The lists of `recent` that a source is on, and how often it was seen there, as far as anyone asks.
struct RecentLists: Hashable {
    private(set) var hits: [String: Int] = [:]
    /// The lists in the order in which the source came onto them last.
    private(set) var order: [String] = []

    mutating func see(_ list: String, atMost most: Int) {
        hits[list] = min(hits[list, default: 0] + 1, most)
        order.removeAll { $0 == list }
        order.append(list)
    }

    mutating func forget(_ list: String) {
        hits[list] = nil
        order.removeAll { $0 == list }
    }

    static func == (left: RecentLists, right: RecentLists) -> Bool { left.hits == right.hits }

    func hash(into hasher: inout Hasher) { hasher.combine(hits) }
}

/// The way of a stranger's packets through the chains, and what the rules remember of it.
///
/// All knocks come in time: `--seconds` are noted, not measured.
struct RecentWalk {
    /// What became of a packet.
    struct Outcome {
        var lists: RecentLists
        /// The rule that let it in or threw it away; nil at the end of a chain.
        var rule: RecentRule?
        var isAccepted = false
        /// The checks for lists that it passed.
        var checks: [RecentMatch] = []
        /// The rules that put it on a list.
        var setters: [RecentRule] = []
    }

    /// The chains through which a packet for this machine goes, and their tables.
    private static let course = [
        ("raw", "PREROUTING"), ("mangle", "PREROUTING"), ("mangle", "INPUT"), ("filter", "INPUT"),
    ]
    private static let deepest = 16

    private let tables: [RecentRules.Table]
    private let mostHits: Int
    /// How many more rules are looked at before it's given up.
    private(set) var budget: Int

    init(_ tables: [RecentRules.Table], budget: Int = 500_000) {
        (self.tables, self.budget) = (tables, budget)
        mostHits = tables.flatMap { $0.chains.values }.flatMap { $0 }.flatMap(\.recents).map(\.hits).max() ?? 1
    }

    mutating func outcome(of packet: Port, _ lists: RecentLists) -> Outcome {
        var outcome = Outcome(lists: lists)
        for (name, chain) in RecentWalk.course {
            guard let table = tables.first(where: { $0.name == name }) else { continue }
            switch walk(chain, of: table, packet, depth: 0, &outcome) {
            case .accepted: outcome.isAccepted = true
            case .dropped:
                outcome.isAccepted = false
                return outcome
            case .goesOn:
                outcome.rule = nil
                outcome.isAccepted = !table.dropping.contains(chain)
                if !outcome.isAccepted { return outcome }
            }
        }
        return outcome
    }

    private enum Fate {
        case accepted
        case dropped
        case goesOn
    }

    private mutating func walk(
        _ chain: String, of table: RecentRules.Table, _ packet: Port, depth: Int, _ outcome: inout Outcome
    ) -> Fate {
        guard depth <= RecentWalk.deepest, let rules = table.chains[chain] else { return .goesOn }
        for rule in rules {
            guard budget > 0 else { return .dropped }
            budget -= 1
            guard takes(rule, packet, &outcome) else { continue }
            outcome.rule = rule
            switch rule.target {
            case .accept: return .accepted
            case .drop: return .dropped
            case .leave: return .goesOn
            case .none: continue
            case .chain(let next, let isGoto):
                let fate = walk(next, of: table, packet, depth: depth + 1, &outcome)
                if fate != .goesOn || (isGoto && table.chains[next] != nil) { return fate }
            }
        }
        return .goesOn
    }

    /// Whether a rule takes the packet. Matches are asked in their order, and what they remember stays remembered.
    private func takes(_ rule: RecentRule, _ packet: Port, _ outcome: inout Outcome) -> Bool {
        let asksRecent = !rule.recents.isEmpty
        for match in rule.matches {
            let matches: Bool
            switch match {
            case .transport(let transport): matches = packet.transport == transport
            case .ports(let numbers, let isInverted): matches = numbers.contains(packet.number) != isInverted
            case .fixed(let answer): matches = answer
            case .sources: matches = false
            case .unknown: matches = asksRecent
            case .recent(let recent): matches = passes(recent, rule, &outcome)
            }
            guard matches else { return false }
        }
        return true
    }

    private func passes(_ recent: RecentMatch, _ rule: RecentRule, _ outcome: inout Outcome) -> Bool {
        let isListed = outcome.lists.hits[recent.list, default: 0] >= recent.hits
        switch recent.action {
        case .set:
            outcome.lists.see(recent.list, atMost: mostHits)
            outcome.setters.append(rule)
            return !recent.isInverted
        case .remove:
            let wasListed = outcome.lists.hits[recent.list] != nil
            outcome.lists.forget(recent.list)
            return wasListed != recent.isInverted
        case .check, .update:
            // Upside down it throws away who isn't listed: who is passes by it for as long.
            if isListed { outcome.checks.append(recent) }
            if isListed, recent.action == .update { outcome.lists.see(recent.list, atMost: mostHits) }
            return isListed != recent.isInverted
        }
    }
}
