import QRCode

/// A QR code as text: each character shows two modules, one above the other.
struct QRPicture {
    private let code: QRCode

    init(_ code: QRCode) { self.code = code }

    /// The terminal it needs: the code with its quiet zone, and a row for the cursor.
    var size: Terminal.Size { Terminal.Size(columns: side, rows: (side + 1) / 2 + 1) }

    /// The rows. In colours they are black on white whatever the terminal's own are: few cameras read light on dark.
    func text(coloured: Bool) -> String {
        stride(from: 0, to: side, by: 2).map { row in
            let characters = (0..<side).map { half(row, $0) }.joined()
            return (coloured ? "\u{1B}[30;47m\(characters)\u{1B}[0m" : characters) + "\n"
        }.joined()
    }

    private var side: Int { code.width + 2 * QRCode.quietZone }

    private func half(_ row: Int, _ column: Int) -> String {
        let (row, column) = (row - QRCode.quietZone, column - QRCode.quietZone)
        return switch (code.isDark(row: row, column: column), code.isDark(row: row + 1, column: column)) {
        case (false, false): " "
        case (true, false): "▀"
        case (false, true): "▄"
        case (true, true): "█"
        }
    }
}
