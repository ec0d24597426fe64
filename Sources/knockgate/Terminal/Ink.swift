/// How a line stands out on a terminal that has colours.
enum Ink: String {
    case plain = ""
    case heading = "1"
    case faint = "2"
    case open = "32"
    case knocking = "33"
    case warning = "1;31"

    /// `text` in this ink, in the codes of ECMA-48, section 8.3.117; as it is when the terminal has no colours.
    func write(_ text: String, coloured: Bool) -> String {
        coloured && self != .plain ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// One line of a picture: its text, and how it is fitted to the terminal before it gets its colour.
struct InkLine: Equatable {
    let text: String
    let ink: Ink
    /// Whether it is wrapped where the terminal is too narrow, for it's to be read whole; else it's cut.
    let isProse: Bool

    /// A row of a table.
    init(_ text: String, _ ink: Ink = .plain) {
        (self.text, self.ink, isProse) = (text, ink, false)
    }

    /// A sentence.
    init(prose text: String, _ ink: Ink = .plain) {
        (self.text, self.ink, isProse) = (text, ink, true)
    }
}
