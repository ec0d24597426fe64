/// What a section can be about, by the words between its brackets. Each kind of file has sections of its own.
protocol SectionKind {
    /// The words with which a header can begin.
    associatedtype Word: RawRepresentable<String>, CaseIterable

    /// How a message shows the headers there are: `[gate]`, `[door NAME]`.
    static var headers: [String] { get }

    /// The kind that `word` says, with what stands behind it, which may be empty. What's wrong with that is reported.
    init(_ word: Word, _ rest: Token, findings: inout Findings)
}

extension SectionKind {
    /// Whether a header can begin with `token`.
    static func isWord(_ token: Token) -> Bool { Word(rawValue: token.lowercased) != nil }

    /// Nil for a section that's unknown, which is reported: its entries could mean anything, and aren't read.
    init?(header: Token, findings: inout Findings) {
        let (first, rest) = header.cut(where: \.isBlank) ?? (header, Token("", at: header.end))
        guard let word = Self.word(first, findings: &findings) else { return nil }
        self.init(word, rest.trimmed, findings: &findings)
    }

    /// The word that `token` is, or was probably meant to be: then what follows is read as that.
    private static func word(_ token: Token, findings: inout Findings) -> Word? {
        if let word = Word(rawValue: token.lowercased) { return word }
        let near = nearest(to: token.lowercased, among: Word.allCases.map(\.rawValue))
        let all = "there \(headers.count == 1 ? "is" : "are") \(headers.joined(separator: " and "))"
        let hint = near.map { "did you mean \"\($0)\"?" } ?? all
        findings.error("unknown section \(token.quoted): \(hint)", at: token.place)
        return near.flatMap(Word.init)
    }
}
