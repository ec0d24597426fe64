import Foundation

/// zbarimg(1) of Debian's zbar-tools, which reads QR codes off pictures as a phone does. Packaging/test installs it.
enum Camera {
    static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/zbarimg")

    /// What's read off a terminal that shows `text`, a QR code in half blocks; around it the terminal is dark.
    static func read(_ text: String, in scratch: Scratch) throws -> String {
        let shown = text.split(separator: "\n").map(halves)
        let code = shown.flatMap { row in [row.map { $0 & 1 == 1 }, row.map { $0 & 2 == 2 }] }
        let margin = 6
        let width = (code.first?.count ?? 0) + 2 * margin
        let beside = [Bool](repeating: true, count: margin)
        let beyond = [[Bool]](repeating: [Bool](repeating: true, count: width), count: margin)
        return try read(beyond + code.map { beside + $0 + beside } + beyond, in: scratch)
    }

    /// For each character of a row, whether its upper half (1) and its lower half (2) are dark.
    private static func halves(_ row: Substring) -> [Int] {
        row.map { [" ": 0, "▀": 1, "▄": 2, "█": 3][$0] ?? 0 }
    }

    /// Each module is a square of 4 by 4 in a plain bitmap (pbm(5)).
    private static func read(_ modules: [[Bool]], in scratch: Scratch) throws -> String {
        let scale = 4
        let rows = modules.flatMap { row in
            let line = row.map { String(repeating: $0 ? "1" : "0", count: scale) }.joined()
            return [String](repeating: line, count: scale)
        }
        let file = try scratch.file(
            "code.pbm", "P1\n\(rows.first?.count ?? 0) \(rows.count)\n\(rows.joined(separator: "\n"))\n")
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["20", "/usr/bin/zbarimg", "--quiet", "--raw", "--nodbus", file]
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        // It ends what it has read with a newline of its own.
        return String(String(decoding: bytes, as: UTF8.self).dropLast())
    }
}
