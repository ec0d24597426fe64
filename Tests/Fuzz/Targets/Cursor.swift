/// Reads bytes from their beginning to their end, as choices.
struct Cursor {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    /// Nil at the end.
    mutating func next() -> UInt8? { rest.popFirst() }

    /// As many bytes as there are, `count` at most.
    mutating func take(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// One of the choices; nil at the end, or when there is no choice.
    mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element? {
        guard !choices.isEmpty, let byte = next() else { return nil }
        return choices[choices.index(choices.startIndex, offsetBy: Int(byte) % choices.count)]
    }
}
