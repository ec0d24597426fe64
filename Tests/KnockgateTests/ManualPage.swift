import Foundation

/// A page of Packaging/man, as mdoc(7) writes it.
struct ManualPage {
    let lines: [Substring]

    init(_ name: String) throws {
        let repository = URL(filePath: #filePath).appending(path: "../../..").standardized
        let text = try String(contentsOf: repository.appending(path: "Packaging/man/\(name)"), encoding: .utf8)
        lines = text.split(separator: "\n")
    }

    private init(lines: [Substring]) { self.lines = lines }

    /// The part under a heading, up to the next one like it or above it: `.Sh OPTIONS`, `.Ss Nm Cm open`.
    func part(_ heading: String) -> ManualPage {
        let ends = heading.hasPrefix(".Sh") ? [".Sh "] : [".Sh ", ".Ss "]
        let rest = lines.drop { $0 != heading }.dropFirst()
        return ManualPage(lines: Array(rest.prefix { line in !ends.contains { line.hasPrefix($0) } }))
    }

    /// The parts of a synopsis, each from the program's name up to the next.
    var usages: [ManualPage] {
        lines.split(omittingEmptySubsequences: true) { $0.hasPrefix(".Nm") }.map { ManualPage(lines: Array($0)) }
    }

    /// What follows a macro: all words for which the page calls it, such as `Ar` or `Cm`.
    func words(of macro: String) -> Set<String> {
        Set(
            lines.filter { $0.hasPrefix(".") }.flatMap { line in
                let words = line.dropFirst().split(separator: " ").map(String.init)
                return words.indices.dropLast().filter { words[$0] == macro }.map { words[$0 + 1] }
            })
    }

    /// The options that are written of anywhere: `-v`, `--verbose`. A bar parts those that exclude each other.
    var options: Set<String> {
        let lines = lines.map { $0.replacing("Fl 4 | 6", with: "Fl 4 | Fl 6")[...] }
        return Set(ManualPage(lines: lines).words(of: "Fl").map { "-\($0)" })
    }

    /// The items of lists that begin with this macro: what is explained, not only named.
    func items(_ macro: String) -> ManualPage {
        ManualPage(lines: lines.filter { $0.hasPrefix(".It \(macro) ") })
    }

    /// The examples, as they are to be typed.
    var literals: [String] {
        lines.split { $0.hasPrefix(".Bd -literal") }.dropFirst().map { display in
            display.prefix { $0 != ".Ed" }.joined(separator: "\n").replacing("\\-", with: "-").replacing(
                "\\e", with: "\\")
        }
    }
}
