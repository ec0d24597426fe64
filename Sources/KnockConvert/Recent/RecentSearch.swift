import KnockCore

/// Looks for the shortest order of knocks by which a stranger gets in, in every way that the rules leave open.
///
///     on no list ──7000──▶ AUTH1 ──8000──▶ AUTH2 ──9000──▶ AUTH3: 22/tcp is let in
struct RecentSearch {
    /// A port that is let in behind knocks.
    struct Find {
        let port: Port
        let knocks: [Knock]
        let entry: RecentWalk.Outcome
        /// Whether the first packet that is let in uses it up.
        let isUsedUp: Bool
        /// Whether the same packet would be let in if it went anywhere at all.
        let isForAllPorts: Bool
        /// Whether a packet to some other port before the last knock does no harm.
        let forgives: Bool
    }

    /// One step of the way.
    struct Knock {
        let port: Port
        let outcome: RecentWalk.Outcome
        /// The lists before it.
        let before: RecentLists
    }

    private(set) var finds: [Find] = []
    /// The way that led furthest.
    private(set) var furthest: [Knock] = []
    private(set) var isExhausted = false

    private var walk: RecentWalk
    private let ports: [Port]
    /// A port of which no rule knows.
    private let other: Port

    private static let mostPorts = 256
    private static let mostStates = 1000

    init(_ tables: [RecentRules.Table]) {
        walk = RecentWalk(tables)
        let rules = tables.flatMap { $0.chains.values.flatMap { $0 } }.sorted { $0.line < $1.line }
        ports = Array(rules.flatMap(\.ports).distinct.prefix(RecentSearch.mostPorts))
        let named = Set(ports.map(\.number))
        other = .tcp((1...UInt16.max).last { !named.contains($0) } ?? 1)
        search()
        isExhausted = isExhausted || walk.budget == 0
    }

    private mutating func search() {
        let stranger = RecentLists()
        let shut = ports.filter { !walk.outcome(of: $0, stranger).isAccepted }
        var seen: Set<RecentLists> = [stranger]
        var queue: [(lists: RecentLists, way: [Knock])] = [(stranger, [])]
        var next = 0
        while next < queue.count {
            let (lists, way) = queue[next]
            next += 1
            if way.count > furthest.count { furthest = way }
            if !way.isEmpty { look(at: lists, behind: way, shut) }
            guard way.count < KnockSequence.longest else { continue }
            for port in ports {
                let outcome = walk.outcome(of: port, lists)
                guard !outcome.setters.isEmpty, seen.insert(outcome.lists).inserted else { continue }
                guard queue.count < RecentSearch.mostStates, walk.budget > 0 else {
                    isExhausted = true
                    return
                }
                queue.append((outcome.lists, way + [Knock(port: port, outcome: outcome, before: lists)]))
            }
        }
    }

    private mutating func look(at lists: RecentLists, behind way: [Knock], _ shut: [Port]) {
        for port in shut where !finds.contains(where: { $0.port == port }) {
            let entry = walk.outcome(of: port, lists)
            guard entry.isAccepted, !way.contains(where: { $0.port == port }) else { continue }
            let again = walk.outcome(of: port, entry.lists)
            let isForAllPorts =
                walk.outcome(of: other, lists).isAccepted && !walk.outcome(of: other, RecentLists()).isAccepted
            finds.append(
                Find(
                    port: port, knocks: way, entry: entry, isUsedUp: !again.isAccepted, isForAllPorts: isForAllPorts,
                    forgives: forgives(way)))
        }
    }

    private mutating func forgives(_ way: [Knock]) -> Bool {
        guard let last = way.last, way.count > 1 else { return false }
        let disturbed = walk.outcome(of: other, last.before).lists
        return walk.outcome(of: last.port, disturbed).lists == last.outcome.lists
    }
}
