import KnockCore

/// What iptables-save(8) or ip6tables-save(8) wrote, or its rules alone.
struct RecentRules {
    /// A table's chains by name, and what becomes of a packet at the end of a chain of the kernel's.
    struct Table {
        let name: String
        var chains: [String: [RecentRule]] = [:]
        var dropping: Set<String> = []
    }

    /// In the order of the file. A file may hold both families, one behind the other: then a table stands in it twice.
    private(set) var tables: [Table] = []
    private(set) var complaints: [Complaint] = []

    /// The walk is bounded as well: this bounds what is kept.
    private static let most = 20_000

    init(_ source: ForeignText) {
        var count = 0
        for (index, line) in source.lines.enumerated() {
            let line = String(line.trimmed)
            switch line.first {
            case nil, "#": break
            case "C" where line == "COMMIT": break
            case "*": tables.append(Table(name: String(line.dropFirst())))
            case ":": declare(line.dropFirst())
            default:
                count += 1
                guard count <= RecentRules.most else {
                    complaints.append(Complaint(line: index + 1, "there can be \(RecentRules.most) rules at most"))
                    return
                }
                do { try read(line, number: index + 1) } catch { complaints.append(error) }
            }
        }
    }

    var rules: [RecentRule] { tables.flatMap { $0.chains.values.flatMap { $0 } }.sorted { $0.line < $1.line } }

    private mutating func declare(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count >= 2 else { return }
        begin()
        tables[tables.count - 1].chains[String(words[0])] = []
        if words[1] == "DROP" { tables[tables.count - 1].dropping.insert(String(words[0])) }
    }

    /// Rules without a table are those of `filter`.
    private mutating func begin() {
        if tables.isEmpty { tables.append(Table(name: "filter")) }
    }

    private mutating func read(_ line: String, number: Int) throws(Complaint) {
        var words = ShellLine(line).commands.first.map { $0[...] } ?? []
        // Counters stand in brackets: `[12:720] -A INPUT …`.
        if words.first?.first == "[" { words.removeFirst() }
        if ["iptables", "ip6tables"].contains(words.first?.programName) { words.removeFirst() }
        let verb = words.popFirst()
        if verb == "-P" || verb == "-N" { return }
        guard verb == "-A" || verb == "--append", let chain = words.popFirst() else {
            throw Complaint(
                line: number, "expected a rule as iptables-save writes it, -A CHAIN …, not \(line.firstWord.quoted) …")
        }
        begin()
        let rule = try RecentRuleReader(words, line: number, text: line.commentable).rule
        tables[tables.count - 1].chains[chain, default: []].append(rule)
    }
}
