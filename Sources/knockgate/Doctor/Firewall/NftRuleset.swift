import KnockCore

/// What `nft -a -y list ruleset` wrote (nft(8); -a: handles, -y: priorities as numbers).
///
///     table inet filter { # handle 1
///         chain input { # handle 1
///             type filter hook input priority 0; policy drop;
///             ct state established,related accept # handle 4
///         }
///     }
struct NftRuleset {
    private var tables: [Table] = []

    private struct Table {
        let family: String
        let name: String
        var chains: [String: [FirewallRule]] = [:]
        var bases: [Base] = []
        /// Whether it's switched off.
        var isDormant = false
    }

    private struct Base {
        let name: String
        let hook: String
        let priority: Int
        var dropsByPolicy: Bool
    }

    init(_ text: String) {
        var blocks: [[String]] = []
        for (statement, handle) in NftStatements(text).all {
            switch (statement.first, blocks.count) {
            case ("}", _): _ = blocks.popLast()
            case ("table", 0) where statement.count == 4:
                tables.append(Table(family: statement[1], name: statement[2]))
                blocks.append(statement)
            case (_, _) where statement.last == "{": blocks.append(statement)
            case ("flags", 1) where statement.contains("dormant") && !tables.isEmpty:
                tables[tables.count - 1].isDormant = true
            case (_, 2) where blocks[1].first == "chain" && blocks[0].count == 4:
                add(statement, handle, to: blocks[1][1])
            default: break
            }
        }
    }

    /// The chains that see packets of `family`, without the tables of these names, which iptables has told of.
    func baseChains(of family: Address.Family, without known: Set<String>) -> [BaseChain] {
        let own = family == .ipv4 ? "ip" : "ip6"
        let seeing = tables.filter { $0.family == "inet" || ($0.family == own && !known.contains($0.name)) }
        return seeing.filter { !$0.isDormant }.flatMap { table in
            table.bases.map { base in
                BaseChain(
                    tool: .nft(family: table.family), table: table.name, name: base.name, hook: base.hook,
                    priority: base.priority, dropsByPolicy: base.dropsByPolicy, chains: table.chains)
            }
        }
    }

    private mutating func add(_ words: [String], _ handle: Int, to chain: String) {
        let last = tables.count - 1
        guard words.first != "type" else {
            // type filter hook input priority 0; policy drop;
            guard words.count > 5, words[1] == "filter", words[2] == "hook" else { return }
            let priority =
                words.firstIndex(of: "priority").flatMap { $0 + 1 < words.count ? Int(words[$0 + 1]) : nil } ?? 0
            tables[last].bases.append(
                Base(
                    name: chain, hook: words[3], priority: priority,
                    dropsByPolicy: words.suffix(2) == ["policy", "drop"]))
            return
        }
        guard words.first != "comment" || words.count != 2 else { return }  // The chain's own.
        let rule = FirewallRule(chain: chain, number: handle, text: words.joined(separator: " "))
        tables[last].chains[chain, default: []] += NftRuleReader.rules(rule, words)
    }
}

/// The statements of nft's output, in words, with their handles (0 where they have none). A line is one, or as many as it takes
/// to close the braces of its sets; a block's opening and closing lines stand for themselves.
struct NftStatements {
    private(set) var all: [(words: [String], handle: Int)] = []

    init(_ text: String) {
        var open: [String] = []
        for line in text.split(separator: "\n") {
            let (words, handle) = NftStatements.words(line)
            if open.isEmpty, words == ["}"] || words.last == "{" && NftStatements.blocks.contains(words[0]) {
                all.append((words, handle))
                continue
            }
            open += words
            let depth = open.count { $0 == "{" } - open.count { $0 == "}" }
            if depth <= 0 {
                if !open.isEmpty { all.append((open, handle)) }
                open = []
            }
        }
    }

    /// What a block begins with; a rule never does when it ends its line with an open set.
    private static let blocks: Set = ["table", "chain", "set", "map", "flowtable", "counter", "quota", "limit"]

    /// Words, braces and commas; what stands in quotes is one word, without them; semicolons are left out, and so is the
    /// handle at the end.
    private static func words(_ line: Substring) -> ([String], handle: Int) {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in line + " " {
            switch character {
            case "\"": isQuoted.toggle()
            case _ where isQuoted: word.append(character)
            case " ", "\t", ";", "{", "}", ",":
                if !word.isEmpty { words.append(word) }
                word = ""
                if "{},".contains(character) { words.append(String(character)) }
            default: word.append(character)
            }
        }
        guard words.count >= 3, words[words.count - 3] == "#", words[words.count - 2] == "handle",
            let handle = Int(words[words.count - 1])
        else { return (words, 0) }
        return (words.dropLast(3), handle)
    }
}
