extension StringProtocol {
    /// Without the blanks around it: those of C's isspace(3), as knockd takes them.
    var trimmed: SubSequence {
        guard let first = unicodeScalars.firstIndex(where: { !$0.isSpace }),
            let last = unicodeScalars.lastIndex(where: { !$0.isSpace })
        else { return self[endIndex...] }
        return self[first..<unicodeScalars.index(after: last)]
    }

    /// As a comment can hold it: in one line, with nothing in it that a configuration refuses.
    var commentable: String {
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            scalars.append(scalar == "\t" ? " " : isControl ? "\u{FFFD}" : scalar)
        }
        return String(scalars)
    }

    /// As a message shows it: in quotes, and not too long.
    var quoted: String {
        let shown = commentable
        return shown.count > 40 ? "\"\(shown.prefix(40))…\"" : "\"\(shown)\""
    }

    /// What a message may quote of a line: the rest can be a secret.
    var firstWord: SubSequence { self[..<(unicodeScalars.firstIndex(where: \.isSpace) ?? endIndex)] }

    /// The number that C's atoi(3) reads: blanks, a sign, digits; 0 without any. Beyond 32 bits it is held to them.
    var leadingNumber: Int {
        let text = trimmed
        let isNegative = text.first == "-"
        var number = 0
        for digit in text.utf8.dropFirst(isNegative || text.first == "+" ? 1 : 0) {
            guard (48...57).contains(digit) else { break }
            number = Swift.min(number * 10 + Int(digit - 48), Int(Int32.max))
        }
        return isNegative ? -number : number
    }
}

extension Unicode.Scalar {
    /// The blanks of C's isspace(3).
    var isSpace: Bool { self == " " || ("\t"..."\r").contains(self) }
}

extension Int {
    /// `1 door`, `3 doors`.
    func counted(_ word: String) -> String { "\(self) \(word)\(self == 1 ? "" : "s")" }
}

extension Sequence where Element: Hashable {
    /// Each element once, where it stands first.
    var distinct: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
