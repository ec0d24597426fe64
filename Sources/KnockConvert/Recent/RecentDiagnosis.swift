import KnockCore

/// Why no order of knocks was found that leads through the rules: which of them it comes to an end at.
struct RecentDiagnosis {
    private let rules: [RecentRule]
    private let searches: [RecentSearch]

    private static let expected = """
        expected rules such as "-A INPUT -p tcp --dport 7000 -m recent --name A --set -j DROP", "-A INPUT -p tcp --dport 8000 \
        -m recent --name A --rcheck --seconds 10 -m recent --name B --set -j DROP" and "-A INPUT -p tcp --dport 22 -m recent \
        --name B --rcheck --seconds 30 -j ACCEPT", or chains of them
        """

    init(_ rules: RecentRules, _ searches: [RecentSearch]) {
        (self.rules, self.searches) = (rules.rules.filter { !$0.recents.isEmpty }, searches)
    }

    var complaints: [Complaint] {
        if rules.isEmpty {
            return [Complaint(line: 0, "no rule in it has the match recent: \(RecentDiagnosis.expected)")]
        }
        if searches.contains(where: \.isExhausted) {
            return [
                Complaint(line: 0, "the rules leave open too many ways to follow: convert the chain of one gate alone")
            ]
        }
        let clear = puzzles + unset
        return clear.isEmpty ? [furthest] : clear
    }

    private var puzzles: [Complaint] {
        rules.compactMap { rule in
            rule.puzzle.map { Complaint(line: rule.line, "\($0) isn't understood in a rule with the match recent") }
        }
    }

    /// Lists for which a rule asks, though none puts anyone on them.
    private var unset: [Complaint] {
        let set = Set(rules.flatMap(\.recents).filter { $0.action == .set }.map(\.list))
        return rules.compactMap { rule in
            let asked = rule.recents.first { [.check, .update].contains($0.action) && !set.contains($0.list) }
            return asked.map {
                Complaint(
                    line: rule.line, "no rule puts a source on the list \($0.list.quoted), for which this rule asks")
            }
        }
    }

    private var furthest: Complaint {
        let way = searches.map(\.furthest).max { $0.count < $1.count } ?? []
        guard let rule = way.last?.outcome.setters.last, let list = way.last?.outcome.lists.order.last else {
            let first = rules.first { $0.recents.contains { $0.action == .set } } ?? rules.first
            return Complaint(
                line: first?.line ?? 0,
                "no packet comes to this rule, or it names no port (-p tcp --dport)\n\(RecentDiagnosis.expected)")
        }
        return Complaint(
            line: rule.line,
            "\(way.count.counted("knock")) \(way.count == 1 ? "leads" : "lead") to this rule, but from the list \(list.quoted) no rule leads on, and none lets in "
                + "what was shut before\n\(RecentDiagnosis.expected)")
    }
}
