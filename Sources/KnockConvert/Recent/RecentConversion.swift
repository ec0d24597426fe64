import KnockCore

extension Conversion {
    /// Doors for the rules of iptables-save or ip6tables-save that count knocks by the match `recent`.
    ///
    /// The rules aren't compared with a pattern: packets are sent through them in thought, until one is let in.
    public static func recent(_ source: ForeignText) throws(Refusal) -> Conversion {
        let rules = RecentRules(source)
        guard rules.complaints.isEmpty else { throw source.refusal(rules.complaints) }
        let families = rules.families
        let searches = families.map { RecentSearch($0) }
        var doors: [RecentDoor] = []
        for (search, tables) in zip(searches, families) {
            for door in RecentDoor.doors(search.finds, tables) where !doors.contains(where: { $0.isSame(as: door) }) {
                doors.append(door)
            }
        }
        guard !doors.isEmpty else {
            throw source.refusal(RecentDiagnosis(rules, searches).complaints)
        }
        var naming = DoorNaming()
        return try Page(
            source: source, introduction: introduction, remarks: [], sketches: doors.map { $0.sketch(&naming) }
        ).settled()
    }

    private static let introduction: [String] =
        Comment.lines("What to do with it:")
        + [
            "#     install -m 640 -g knockgate THIS-FILE /etc/knockgate/knockgate.conf.d/recent.conf && knockgate check",
            "#     take the rules that count knocks out of the firewall, and of the file it is loaded from",
            "#     systemctl enable --now knockgate knockgate-rule && knockgate doctor",
        ]
        + ["#"]
        + Comment.lines(
            "A door here works over IPv4 and IPv6. A knock that is sent again does no harm, and a client that sends anything "
                + "else to this machine in mid-sequence begins anew: if it must, name those ports: ignore = 80/tcp 443/tcp "
                + "in [gate].")
}

extension RecentRules {
    /// The tables of IPv4 and those of IPv6, where a file holds both: a table that stands there again begins the next.
    fileprivate var families: [[Table]] {
        tables.reduce(into: []) { families, table in
            if families.last.map({ $0.contains { $0.name == table.name } }) ?? true { families.append([]) }
            families[families.count - 1].append(table)
        }
    }
}

/// What the search has found, as a door.
struct RecentDoor {
    private let protects: [Port]
    private let find: RecentSearch.Find
    private let lines: [Int]
    /// Sources that the rules let in without a knock.
    private let known: [String]

    /// Ports that the same knocks open are one door's.
    static func doors(_ finds: [RecentSearch.Find], _ tables: [RecentRules.Table]) -> [RecentDoor] {
        let ways = finds.map { $0.knocks.map(\.port) }.distinct
        let rules = tables.flatMap { $0.chains.values.flatMap { $0 } }.sorted { $0.line < $1.line }
        return ways.compactMap { way in
            let same = finds.filter { $0.knocks.map(\.port) == way }
            return same.first.map { RecentDoor($0, protects: same.map(\.port), rules) }
        }
    }

    private init(_ find: RecentSearch.Find, protects: [Port], _ rules: [RecentRule]) {
        (self.find, self.protects) = (find, find.isForAllPorts ? [] : protects)
        lines = (find.knocks.flatMap(\.outcome.setters) + [find.entry.rule].compactMap { $0 }).map(\.line).distinct
        known =
            rules.filter { rule in
                rule.target == .accept && (rule.ports.isEmpty || !Set(rule.ports).isDisjoint(with: protects))
            }.flatMap { rule in
                rule.matches.compactMap { if case .sources(let text) = $0 { text } else { nil } }
            }.distinct
    }

    func isSame(as other: RecentDoor) -> Bool {
        protects == other.protects && find.knocks.map(\.port) == other.find.knocks.map(\.port)
    }

    func sketch(_ naming: inout DoorNaming) -> DoorSketch {
        let port = protects.first?.number
        let wish = port.map { PortNumbers.name(of: $0) ?? "port-\($0)" } ?? "door"
        let places = lines.map(String.init).joined(separator: ", ")
        var sketch = DoorSketch(origin: "the rules in lines \(places)", line: lines.last ?? 0, name: naming.name(wish))
        (sketch.protects, sketch.sequence) = (protects, find.knocks.map(\.port))
        if protects.isEmpty { sketch.hinder("the rules let in packets to every port, and a door names its ports") }
        time(&sketch)
        tell(&sketch)
        return sketch
    }

    private func time(_ sketch: inout DoorSketch) {
        let seconds = find.knocks.dropFirst().map { RecentDoor.seconds($0.outcome, $0.before) }
        if seconds.contains(where: { $0 == nil }) {
            sketch.note(
                "a knock could come any time after the one before (no --seconds). A door has a seq_timeout; its default is 15s."
            )
        } else if !seconds.isEmpty {
            let sum = seconds.compactMap { $0 }.reduce(0) { min($0 + $1, 3600) }
            sketch.sequenceTimeout = Seconds(max(sum, 1))
            if seconds.count > 1 {
                sketch.remark("seq_timeout is from the first knock to the last: the --seconds of the rules, added up.")
            }
        }
        if let last = RecentDoor.seconds(find.entry, find.knocks.last?.outcome.lists ?? RecentLists()) {
            sketch.openFor = Seconds(min(max(last, 1), 365 * 86400))
        } else {
            sketch.openFor = Seconds(30)
            sketch.note(
                "who had knocked could come in for ever (no --seconds). A door closes by itself; if 30s is too short to connect, say so below (up to 365d)."
            )
        }
    }

    /// How long the rules wait for this packet: the `--seconds` of the list that the source came onto last.
    private static func seconds(_ outcome: RecentWalk.Outcome, _ lists: RecentLists) -> Int? {
        for list in lists.order.reversed() {
            let checks = outcome.checks.filter { $0.list == list }
            if !checks.isEmpty { return checks.compactMap(\.seconds).min() }
        }
        return nil
    }

    private func tell(_ sketch: inout DoorSketch) {
        if find.isUsedUp {
            sketch.connections = 1
            sketch.remark("The first packet behind the knocks took the source off its list: one connection.")
        }
        if find.forgives {
            sketch.note("the rules didn't mind other packets in mid-sequence; here they end it.")
        }
        for network in known {
            sketch.note(
                "the rules let \(network.commentable) in without a knock. If it should stay so, say it in [gate], for all doors: "
                    + "allow_from = \(network.commentable)")
        }
        let checks = find.knocks.flatMap(\.outcome.checks) + find.entry.checks
        let setters = find.knocks.flatMap(\.outcome.setters)
        let oddities = (checks + setters.flatMap(\.recents)).compactMap(\.oddity).distinct
        for oddity in oddities { sketch.note("\(oddity); here an IPv4 source is one address.") }
        let entry = [find.entry.rule].compactMap { $0 }
        var told: Set<Int> = []
        for rule in setters + entry where !rule.unasked.isEmpty && told.insert(rule.line).inserted {
            let words = rule.unasked.joined(separator: ", ")
            sketch.note("\(words) in line \(rule.line) was passed over:", keeping: [rule.text])
        }
        target(&sketch, setters, entry)
    }

    /// The address that all knocks have to go to.
    private func target(_ sketch: inout DoorSketch, _ setters: [RecentRule], _ entry: [RecentRule]) {
        let named = setters.map { $0.destination.flatMap(RecentDoor.host) }
        if let first = named.first ?? nil, named.allSatisfy({ $0 == first }) { sketch.target = first }
        let lost = (sketch.target == nil ? setters : []) + entry
        for rule in lost {
            guard let destination = rule.destination else { continue }
            if let target = sketch.target, RecentDoor.host(destination) == target { continue }
            sketch.note("-d \(destination.commentable) in line \(rule.line) was passed over:", keeping: [rule.text])
        }
    }

    /// A single address, as iptables-save writes it: `192.0.2.1/32`.
    private static func host(_ text: String) -> String? {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let address = parts.first.flatMap({ Address($0) }),
            parts.count == 1 || parts[1] == "\(address.family.bitWidth)"
        else { return nil }
        return address.description
    }
}
