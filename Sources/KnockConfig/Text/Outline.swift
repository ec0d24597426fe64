/// What a file says, line by line, before anyone asks what it means: its sections, and the entries of each.
///
///     [door ssh]                    section
///     sequence = 2222/udp 3333      entry: key, value
struct Outline<Kind: SectionKind> {
    private(set) var sections: [Section<Kind>] = []
    /// Entries before the first section are reported once; the others among them have the same cause.
    private var hasStray = false

    init(of text: ConfigurationText, at index: Int, findings: inout Findings) {
        for line in text.lines(at: index, findings: &findings) {
            let content = line.content.withoutComment
            guard !content.text.isEmpty else { continue }
            if line.isBroken {
                // It was reported. What it seems to say is kept, so that nothing seems to be missing.
                var unheard = findings.unheard
                read(content, isBroken: true, findings: &unheard)
            } else {
                read(content, isBroken: false, findings: &findings)
            }
        }
    }

    private mutating func read(_ content: Token, isBroken: Bool, findings: inout Findings) {
        if looksLikeHeader(content) {
            sections.append(Section(header: content, findings: &findings))
        } else if let entry = Entry(content, isBroken: isBroken, findings: &findings) {
            take(entry, findings: &findings)
        }
    }

    private mutating func take(_ entry: Entry, findings: inout Findings) {
        if !sections.isEmpty {
            sections[sections.count - 1].entries.append(entry)
        } else if entry.value != nil, !hasStray {
            hasStray = true
            let headers = Kind.headers.joined(separator: " or ")
            findings.error(
                "\(entry.key.quoted) stands before any section: begin with \(headers)", at: entry.key.place)
        }
    }

    /// Whether the line is a section's header, even if a bracket is missing: what follows it is no part of the section
    /// before it.
    private func looksLikeHeader(_ line: Token) -> Bool {
        if line.text.first == "[" { return true }
        let first = line.cut(where: \.isBlank)?.before ?? line
        return !line.text.contains("=") && (line.text.last == "]" || Kind.isWord(first))
    }
}

/// One `[section]` of a file.
struct Section<Kind: SectionKind> {
    /// Nil when it's unknown, which was reported.
    let kind: Kind?
    /// Where its header stands.
    let place: Place
    var entries: [Entry] = []

    init(header: Token, findings: inout Findings) {
        place = header.place
        let (name, flaw) = header.nameInBrackets
        if let flaw {
            findings.add(flaw)
            var unheard = findings.unheard
            kind = Kind(header: name, findings: &unheard)
        } else {
            kind = Kind(header: name, findings: &findings)
        }
    }
}

/// One `key = value` of a section.
struct Entry {
    let key: Token
    /// Nil when it can't be read, which was reported.
    let value: Token?

    init?(_ content: Token, isBroken: Bool, findings: inout Findings) {
        guard let (before, behind) = content.cut(where: { $0 == "=" }) else {
            let word = content.cut(where: \.isBlank)?.before ?? content
            findings.error("expected key = value, or a [section]", at: word.place)
            (key, value) = (word, nil)
            return
        }
        key = before.trimmed
        guard !key.text.isEmpty else {
            findings.error("expected a key before \"=\"", at: content.place)
            return nil
        }
        let text = behind.trimmed
        if text.text.isEmpty { findings.error("\(key.quoted) has no value", at: behind.place) }
        value = isBroken || text.text.isEmpty ? nil : text
    }
}

extension Token {
    /// The line without blanks at its ends and without its comment: `#` at the start or behind a blank, `;` at the start.
    fileprivate var withoutComment: Token {
        var previous: Character = " "
        let kept = text.prefix { character in
            defer { previous = character }
            return !(character == "#" && previous.isBlank)
        }
        let content = Token(kept, at: place).trimmed
        return content.text.first == ";" ? Token(content.text.prefix(0), at: content.place) : content
    }

    /// What stands between `[` and `]`, and what is wrong with it.
    fileprivate var nameInBrackets: (name: Token, flaw: Finding?) {
        let inner = text.first == "[" ? Token(text.dropFirst(), at: place.advanced(by: 1)) : self
        let (name, behind) = inner.cut(where: { $0 == "]" }) ?? (inner, Token("", at: end))
        let flaw: Finding? =
            if text.first != "[" {
                refused("a section begins with \"[\"")
            } else if !text.contains("]") {
                behind.refused("a section ends with \"]\"")
            } else if !behind.text.isEmpty {
                behind.trimmed.refused("nothing may follow the \"]\" of a section")
            } else {
                nil
            }
        return (name.trimmed, flaw)
    }
}
