/// Lines as they go to a terminal, or to a file.
struct Picture {
    let lines: [InkLine]

    /// The lines, each fitted to the terminal's width and in its colour.
    func text(on terminal: Terminal) -> String {
        shown(on: terminal).map { $0 + "\n" }.joined()
    }

    /// What overwrites the terminal's earlier picture without a flicker, cut to its height. Rows are cleared before they
    /// are written: a full row leaves the cursor on its last character, which clearing the rest would take away.
    func frame(on terminal: Terminal) -> String {
        var lines = shown(on: terminal)
        let rows = terminal.size?.rows ?? .max
        if lines.count > rows {
            let left = lines.count - rows + 1
            lines = lines.prefix(rows - 1) + ["and \(left.counted("more line"))"]
        }
        let home = "\u{1B}[H"
        let clearRow = "\u{1B}[K"
        let clearBelow = lines.count < rows ? "\n\u{1B}[J" : ""
        return home + lines.map { clearRow + $0 }.joined(separator: "\n") + clearBelow
    }

    private func shown(on terminal: Terminal) -> [String] {
        lines.flatMap { line in
            let columns = terminal.size?.columns
            let texts = line.isProse ? line.text.wrapped(to: columns) : [line.text.cut(to: columns)]
            return texts.map { line.ink.write($0, coloured: terminal.coloured) }
        }
    }
}
