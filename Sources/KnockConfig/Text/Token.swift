/// A piece of a line, and where it begins.
struct Token {
    let text: Substring
    let place: Place

    init(_ text: Substring, at place: Place) {
        (self.text, self.place) = (text, place)
    }

    /// The place behind the last character.
    var end: Place { place.advanced(by: text.count) }

    var lowercased: String { text.lowercased() }

    /// The token without the blanks around it.
    var trimmed: Token {
        let blanks = text.prefix(while: \.isBlank)
        var rest = text.dropFirst(blanks.count)
        while let last = rest.last, last.isBlank { rest.removeLast() }
        return Token(rest, at: place.advanced(by: blanks.count))
    }

    /// The words of a list, which blanks, commas or both keep apart.
    var words: [Token] {
        var words: [Token] = []
        var column = 0
        for part in text.split(omittingEmptySubsequences: false, whereSeparator: { $0.isBlank || $0 == "," }) {
            if !part.isEmpty { words.append(Token(part, at: place.advanced(by: column))) }
            column += part.count + 1
        }
        return words
    }

    /// The parts before and behind the first character that `separates`; nil when there's none.
    func cut(where separates: (Character) -> Bool) -> (before: Token, behind: Token)? {
        guard let index = text.firstIndex(where: separates) else { return nil }
        let before = text[..<index]
        let behind = Token(text[text.index(after: index)...], at: place.advanced(by: before.count + 1))
        return (Token(before, at: place), behind)
    }

    /// The error that this token is.
    func refused(_ message: String) -> Finding {
        Finding(severity: .error, place: place, message: message)
    }

    /// The token as a message shows it: in quotes, not too long, and with nothing in it that can't be seen.
    var quoted: String {
        let shown = text.unicodeScalars.prefix(40).map(\.shown).joined()
        return text.unicodeScalars.dropFirst(40).isEmpty ? "\"\(shown)\"" : "\"\(shown)…\""
    }
}

extension Character {
    var isBlank: Bool { self == " " || self == "\t" }
}

extension Unicode.Scalar {
    /// The scalar, or its number where it would be invisible or steer the terminal.
    fileprivate var shown: String {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: name
        case .spaceSeparator where self != " ": name
        default: String(self)
        }
    }

    /// `U+00A0`.
    var name: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
