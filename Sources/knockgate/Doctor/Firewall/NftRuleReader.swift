import KnockCore

/// Reads the words of one rule of nftables: `iifname != "lo" ct state new … queue to 4747`.
struct NftRuleReader {
    private var rule: FirewallRule
    private var words: ArraySlice<String>
    /// What a verdict map makes of the packets: one rule each.
    private var branches: [(condition: Condition, target: FirewallRule.Target)] = []

    /// The rule that the words are: more than one of the same number where it holds a verdict map.
    static func rules(_ rule: FirewallRule, _ words: [String]) -> [FirewallRule] {
        var reader = NftRuleReader(rule: rule, words: words[...])
        reader.read()
        guard !reader.branches.isEmpty else { return [reader.rule] }
        return reader.branches.map { branch in
            var rule = reader.rule
            rule.conditions.append(branch.condition)
            rule.target = branch.target
            return rule
        }
    }

    private init(rule: FirewallRule, words: ArraySlice<String>) { (self.rule, self.words) = (rule, words) }

    private mutating func read() {
        while let word = words.popFirst() {
            switch word {
            case "accept": rule.target = .accept
            case "drop": rule.target = .drop
            case "return": rule.target = .leave
            case "jump": rule.target = .jump(words.popFirst() ?? "")
            case "goto": rule.target = .goto(words.popFirst() ?? "")
            case "reject":
                rule.target = .drop
                words = []
            case "queue": queue()
            case "counter": skip(["packets", "bytes"])
            case "comment": _ = words.popFirst()
            case "log": skip(["prefix", "level", "group", "flags", "snaplen", "queue-threshold"])
            case "limit":
                rule.conditions.append(.somePackets)
                while let next = words.first, !NftRuleReader.verdicts.contains(next) { words.removeFirst() }
            case "tcp", "udp", "th", "meta", "ct", "ip", "ip6", "iif", "iifname", "mark", "fib": match(word)
            default: rule.conditions.append(.someSources)
            }
        }
    }

    private static let verdicts: Set = [
        "accept", "drop", "return", "jump", "goto", "reject", "queue", "counter", "log", "comment",
    ]

    private mutating func skip(_ options: Set<String>) {
        while let word = words.first, options.contains(word) { words = words.dropFirst(2) }
    }

    /// `queue to 4747`, `queue flags bypass to 4740-4750`, and as older releases write it, `queue num 4747 bypass`.
    private mutating func queue() {
        var numbers: ClosedRange<UInt16> = 0...0
        var bypass = false
        while let word = words.first, word != "comment" {
            words.removeFirst()
            if word == "bypass" { bypass = true }
            if let range = NftRuleReader.range(word[...]) { numbers = range }
        }
        rule.target = .queue(numbers, bypass: bypass)
    }

    // MARK: - Matches

    /// One match, with or without the first word of its expression.
    private mutating func match(_ first: String) {
        var key = first
        if ["tcp", "udp", "th", "meta", "ct", "ip", "ip6", "fib"].contains(first) {
            key += " " + (words.popFirst() ?? "")
        }
        if key == "fib daddr", words.first == "type" { key += " " + (words.popFirst() ?? "") }
        if key == "tcp flags" { return flags() }
        if key.hasPrefix("tcp ") { rule.conditions.append(.protocols(["tcp"])) }
        if key.hasPrefix("udp ") { rule.conditions.append(.protocols(["udp"])) }
        // `meta mark & 0x1000 != 0x1000`
        var mask: UInt32?
        if words.first == "&" || words.first == "and" {
            words.removeFirst()
            mask = words.popFirst().flatMap { UInt32(number: $0) }
        }
        if words.first == "vmap" { return map(key) }
        var isInverted = false
        if let operation = words.first, ["==", "!=", "<", ">", "<=", ">="].contains(operation) {
            words.removeFirst()
            isInverted = operation == "!="
            guard operation == "==" || isInverted else {
                _ = words.popFirst()
                return rule.conditions.append(.somePackets)
            }
        }
        let condition = NftRuleReader.condition(key, values(), mask: mask)
        rule.conditions.append(isInverted ? .not(condition) : condition)
    }

    /// One value, a list of them (`established,related`), or a set (`{ 22, 80-90 }`).
    private mutating func values() -> [String] {
        guard words.first == "{" else {
            var values = [words.popFirst() ?? ""]
            while words.first == "," {
                words.removeFirst()
                values.append(words.popFirst() ?? "")
            }
            return values
        }
        let set = words.prefix { $0 != "}" }
        words = words.dropFirst(set.count + 1)
        return set.dropFirst().filter { $0 != "," }
    }

    private static func condition(_ key: String, _ values: [String], mask: UInt32?) -> Condition {
        switch key {
        case "tcp dport", "udp dport", "th dport":
            let ranges = values.compactMap { range($0[...]) }
            return ranges.count == values.count ? .ports(ranges) : .somePackets
        case "ct state": return .states(Set(values.map { $0.uppercased() }))
        case "meta mark", "mark":
            guard values.count == 1, let value = UInt32(number: values[0]) else { return .somePackets }
            return .mark(value, mask: mask ?? .max)
        case "iif", "iifname", "meta iif", "meta iifname":
            return values.count == 1 ? .interface(values[0]) : .somePackets
        case "fib daddr type": return .destinations(Set(values))
        case "meta l4proto", "ip protocol", "ip6 nexthdr": return .protocols(Set(values))
        case "ip saddr", "ip6 saddr": return .someSources
        case "ip daddr", "ip6 daddr", "tcp sport", "udp sport", "th sport", "meta pkttype": return .somePackets
        default: return .someSources
        }
    }

    /// `tcp flags syn`, `tcp flags & (fin | syn | rst | ack) == syn`, `tcp flags syn / fin,syn,rst,ack`: read in the middle form
    /// only, in which iptables' rules come.
    private mutating func flags() {
        rule.conditions.append(.protocols(["tcp"]))
        guard words.first == "&", let comparison = words.firstIndex(of: "=="), comparison + 1 < words.endIndex else {
            rule.conditions.append(.somePackets)
            while let next = words.first, !NftRuleReader.verdicts.contains(next) { words.removeFirst() }
            return
        }
        let mask = TCPFlags(names: words[..<comparison].joined(separator: " "))
        let value = TCPFlags(names: words[comparison + 1])
        words = words[(comparison + 2)...]
        rule.conditions.append(.flags(value, mask: mask))
    }

    /// `vmap { established : accept, invalid : drop }`; a named map isn't known.
    private mutating func map(_ key: String) {
        words.removeFirst()
        guard words.first == "{" else {
            _ = words.popFirst()
            return rule.conditions.append(.someSources)
        }
        let set = words.prefix { $0 != "}" }
        words = words.dropFirst(set.count + 1)
        for entry in set.dropFirst().split(separator: ",") {
            // `established : accept`, `22 : jump ssh`
            guard let colon = entry.firstIndex(of: ":"), colon > entry.startIndex, colon + 1 < entry.endIndex else {
                continue
            }
            var verdict = NftRuleReader(
                rule: FirewallRule(chain: "", number: 0, text: ""), words: entry[(colon + 1)...])
            verdict.read()
            let condition = NftRuleReader.condition(key, [entry[colon - 1]], mask: nil)
            branches.append((condition, verdict.rule.target))
        }
    }

    /// Reads `22` or `80-90`.
    private static func range(_ text: Substring) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else { return nil }
        return first...last
    }
}
