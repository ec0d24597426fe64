import KnockCore

/// The values of a list, and where each stands.
struct PlacedList<Value> {
    /// Where the list begins.
    let place: Place
    private(set) var items: [Placed<Value>] = []
    /// Whether nothing in it was refused.
    private(set) var isWhole = true

    /// Reads each word of `token`, and keeps those that can be read. What's beyond `limit` is refused unread.
    ///
    /// - Parameter what: the key, as a refusal names it, and what the list holds: `("protects", "ports")`.
    init(
        _ token: Token, atMost limit: Int, _ what: (key: String, holds: String), findings: inout Findings,
        read: (Token) throws(Finding) -> Value
    ) {
        place = token.place
        let words = token.words
        for word in words.prefix(limit) {
            if let value = findings.attempt({ () throws(Finding) in try read(word) }) {
                items.append(Placed(value: value, place: word.place))
            }
        }
        isWhole = !words.isEmpty && items.count == words.count
        if words.isEmpty { findings.error("\(what.key) names no \(what.holds)", at: place) }
        if let beyond = words.dropFirst(limit).first {
            findings.error("\(what.key) names at most \(limit) \(what.holds)", at: beyond.place)
        }
    }

    var values: [Value] { items.map(\.value) }
}

extension PlacedList where Value: Hashable {
    /// The values without those that stand there a second time, of which it warns.
    func distinct(findings: inout Findings) -> [Value] {
        var seen: Set<Value> = []
        return items.filter { item in
            let isNew = seen.insert(item.value).inserted
            if !isNew { findings.warning("this stands here twice", at: item.place) }
            return isNew
        }.map(\.value)
    }
}

extension PlacedList where Value == Port {
    /// The knocks, if all of them could be read.
    var sequence: KnockSequence? { isWhole ? KnockSequence(values) : nil }
}

extension Token {
    func ports(
        _ what: (key: String, holds: String), atMost limit: Int, findings: inout Findings
    ) -> PlacedList<Port> {
        PlacedList(self, atMost: limit, what, findings: &findings) { (word) throws(Finding) in try word.port() }
    }

    /// The ports of a sequence.
    func knocks(_ key: String, findings: inout Findings) -> PlacedList<Port> {
        ports((key, "knocks"), atMost: KnockSequence.longest, findings: &findings)
    }
}
