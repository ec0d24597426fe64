import Foundation
import Testing

/// The threat model and the table of faults name tests; they have to be there.
@Suite struct ThreatModelTests {
    @Test(arguments: [("threats.md", 30), ("faults.md", 10)])
    func `each test that the threat model names is there, and each of the table of faults`(
        name: String, least: Int
    ) throws {
        let page = try String(
            contentsOf: ThreatModelTests.root.appendingPathComponent("Packaging/doc/" + name), encoding: .utf8)
        let quoted = page.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map {
                $0.element.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
        // A setting or a command is quoted, too: a test is a sentence.
        let sentences = quoted.filter { $0.split(separator: " ").count > 4 }
        #expect(sentences.count > least)
        let told = try ThreatModelTests.tests()
        for sentence in sentences { #expect(told.contains(sentence), "no test says \"\(sentence)\"") }
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// All that stands in Tests, in one string.
    private static func tests() throws -> String {
        let folder = root.appendingPathComponent("Tests")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        var text = ""
        while let file = files?.nextObject() as? URL {
            let isFile = try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
            guard isFile, file.lastPathComponent != "ThreatModelTests.swift" else { continue }
            text += (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        }
        return text
    }
}
