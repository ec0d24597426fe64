import Foundation

/// A file that is there for as long as a test looks at it.
enum TemporaryFile {
    static func with<Answer>(_ bytes: [UInt8], _ body: (String) throws -> Answer) throws -> Answer {
        let file = FileManager.default.temporaryDirectory.appending(path: "knockgate-\(UUID().uuidString).pcap")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }
}
