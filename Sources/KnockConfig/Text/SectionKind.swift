import KnockCore

/// What a section is about, by the words between its brackets.
enum SectionKind {
    /// `[gate]`: what holds for all doors.
    case gate
    /// `[door ssh]`; without its name when that can't be used, which was reported.
    case door(name: Token?)
    /// Reported; its entries could mean anything, and aren't read.
    case unknown

    private enum Word: String, CaseIterable {
        case gate
        case door
    }

    /// Whether a header can begin with `token`.
    static func isWord(_ token: Token) -> Bool { Word(rawValue: token.lowercased) != nil }

    init(_ header: Token, findings: inout Findings) {
        let (first, rest) = header.cut(where: \.isBlank) ?? (header, Token("", at: header.end))
        guard let word = SectionKind.word(first, findings: &findings) else {
            self = .unknown
            return
        }
        switch word {
        case .gate:
            let extra = rest.trimmed
            if !extra.text.isEmpty { findings.error("[gate] has no name, not \(extra.quoted)", at: extra.place) }
            self = .gate
        case .door:
            self = .door(name: findings.attempt { () throws(Finding) in try rest.trimmed.doorName() })
        }
    }

    /// The word that `token` is, or was probably meant to be: then what follows is read as that.
    private static func word(_ token: Token, findings: inout Findings) -> Word? {
        if let word = Word(rawValue: token.lowercased) { return word }
        let near = nearest(to: token.lowercased, among: Word.allCases.map(\.rawValue))
        let hint = near.map { "did you mean \"\($0)\"?" } ?? "there are [gate] and [door NAME]"
        findings.error("unknown section \(token.quoted): \(hint)", at: token.place)
        return near.flatMap(Word.init)
    }
}

extension Token {
    fileprivate func doorName() throws(Finding) -> Token {
        guard Door.canBeNamed(text) else {
            throw refused("a door's name is 1 to 32 of letters, digits, \".\", \"_\" and \"-\", not \(quoted)")
        }
        return self
    }
}
