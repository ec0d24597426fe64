internal import KnockCore

/// Takes a line of a status apart, word by word; nil for a word that's missing or isn't what was asked for.
struct LineWords {
    /// The line's first word.
    let kind: String
    private var words: ArraySlice<ArraySlice<UInt8>>

    init(_ line: ArraySlice<UInt8>) {
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        kind = words.first.map(shown) ?? ""
        self.words = words.dropFirst()
    }

    /// A name.
    mutating func text() -> String? {
        words.popFirst().flatMap(Word.text)
    }

    /// A number without a sign.
    mutating func number<Number: FixedWidthInteger>() -> Number? {
        words.popFirst().flatMap(Number.init(digits:))
    }

    /// A duration in seconds.
    mutating func duration() -> Duration? {
        words.popFirst().flatMap(Seconds.duration)
    }

    /// A number, or `-` for none.
    mutating func limit() -> Int?? {
        guard let word = words.popFirst() else { return nil }
        if word.elementsEqual("-".utf8) { return .some(nil) }
        return Int(digits: word).map(Optional.some)
    }

    /// One of two words: whether it's the second.
    mutating func choice(_ no: String, _ yes: String) -> Bool? {
        guard let word = words.popFirst() else { return nil }
        if word.elementsEqual(yes.utf8) { return true }
        return word.elementsEqual(no.utf8) ? false : nil
    }

    /// Ports with commas between them, none when the word is empty.
    mutating func ports() -> [Port]? {
        guard let word = words.popFirst() else { return nil }
        var ports: [Port] = []
        for text in word.split(separator: UInt8(ascii: ",")) {
            guard let port = Port(wire: text) else { return nil }
            ports.append(port)
        }
        return ports
    }
}

extension Port {
    /// Reads `22/tcp`.
    fileprivate init?(wire text: ArraySlice<UInt8>) {
        let parts = text.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt16(digits: parts[0]),
            let transport = Transport.allCases.first(where: { $0.description.utf8.elementsEqual(parts[1]) })
        else { return nil }
        self.init(number, transport)
    }
}
