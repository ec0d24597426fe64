import KnockConfig
import KnockCore

/// The page to be written: an introduction, remarks on the whole, the doors.
///
/// It is read as the daemon would read it. A door that has an error there becomes a comment, with the error as its
/// reason, until none is left.
struct Page {
    let source: ForeignText
    /// Comments at its top, behind who made it.
    let introduction: [String]
    let remarks: [Remark]
    var sketches: [DoorSketch]

    /// The page without errors; refused when no door works.
    func settled() throws(Refusal) -> Conversion {
        var page = self
        page.hinderThoseWrongByThemselves()
        while let (index, message) = page.firstError { page.sketches[index].hinder(message) }
        let working = page.sketches.count(where: \.works)
        guard working > 0 else { throw source.refusal(page.obstacles) }
        let text = page.text
        let errors = Page.errors(in: text)
        guard errors.isEmpty else { throw source.refusal(errors.map { Complaint(line: 0, $0.message) }) }
        return Conversion(text: text, doors: working, notes: page.notes)
    }

    /// A door that can't be, whatever the others are, is to hinder none of them.
    private mutating func hinderThoseWrongByThemselves() {
        for index in sketches.indices where sketches[index].works {
            let sketch = sketches[index]
            guard let error = Page.errors(in: sketch.section.joined(separator: "\n")).first else { continue }
            let isOwnPort = error.message.contains("door \(sketch.name) protects")
            sketches[index].hinder(isOwnPort ? "it knocks on a port that it opens" : error.message)
        }
    }

    private var obstacles: [Complaint] {
        if sketches.isEmpty { return [Complaint(line: 0, "it opens no door")] }
        return sketches.map { sketch in
            Complaint(line: sketch.line, "no door can be made of this: \(sketch.hindrances.joined(separator: "; "))")
        }
    }

    private var notes: Int { sketches.reduce(remarks.count(where: \.isNote)) { $0 + $1.notes } }

    private var blocks: [[String]] {
        let working = sketches.count(where: \.works)
        let tally = notes == 0 ? "" : " Look for NOTE: what has no twin here, or is different (\(notes))."
        let head = Comment.lines(
            "Made by knockgate \(source.version) from \(source.title): \(working.counted("door")).\(tally)")
        return [head + ["#"] + introduction] + remarks.map(\.commentLines) + sketches.map(\.lines)
    }

    var text: String { blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n") }

    /// The first working door that has an error, and the error. Comments aren't read with it: there can be many.
    private var firstError: (door: Int, message: String)? {
        let sections = sketches.map { $0.works ? $0.section : [] }
        guard let error = Page.errors(in: sections.joined().joined(separator: "\n")).first else { return nil }
        var end = 0
        for (door, section) in sections.enumerated() {
            end += section.count
            if error.line <= end { return (door, error.message) }
        }
        return nil
    }

    /// What a daemon would refuse.
    private static func errors(in text: String) -> [(line: Int, message: String)] {
        let file = "this page"
        return Configuration.read([ConfigurationText(file: file, text: text)]).diagnostics.compactMap { diagnostic in
            guard diagnostic.severity == .error else { return nil }
            return (diagnostic.position?.line ?? 0, diagnostic.message.withoutPlaces(in: file))
        }
    }
}

extension String {
    /// Without the places that stand in parentheses: they are those of a page that nobody sees.
    fileprivate func withoutPlaces(in file: String) -> String {
        let parts = split(separator: " (\(file):", omittingEmptySubsequences: false)
        let rest = parts.dropFirst().map { part in
            part.drop { $0 != ")" }.dropFirst()
        }
        return ([parts.first ?? ""] + rest).joined()
    }
}
