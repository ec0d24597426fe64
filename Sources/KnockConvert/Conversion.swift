/// Another program's port knocking, as a page that `knockgate.conf` can hold.
///
/// Nothing outside is asked and nothing is written: text goes in, text comes out. Whatever the text holds, the page has
/// been read as a configuration and has no error; what can't stand in one is kept in it as a comment, with the reason.
public struct Conversion: Equatable, Sendable {
    /// The page.
    public let text: String
    /// The doors that work as they stand there.
    public let doors: Int
    /// How many of its comments say NOTE: what has no twin here, or has become different.
    public let notes: Int
}

/// What is converted: its bytes, the name by which errors call it, and who converts.
public struct ForeignText: Sendable {
    let file: String
    let bytes: [UInt8]
    /// The version that the page names as its maker.
    let version: String

    public init(file: String, bytes: [UInt8], version: String) {
        (self.file, self.bytes, self.version) = (file, bytes, version)
    }

    /// The lines without their ends, as far as they are text.
    var lines: [String] {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        return text.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// As the page and errors name the file.
    var title: String { file == "-" ? "the standard input" : file.commentable }

    func refusal(_ complaints: [Complaint]) -> Refusal { Refusal(complaints, file: title) }
}

/// Why nothing could be converted: all that's wrong with the text, each with its line and column.
public struct Refusal: Error, Equatable, CustomStringConvertible {
    public let description: String

    /// A file that isn't what it was taken for has something wrong in each of its lines.
    private static let most = 50

    init(_ complaints: [Complaint], file: String) {
        let lines = complaints.prefix(Refusal.most).map { complaint in
            let column = complaint.column.map { ":\($0)" } ?? ""
            return complaint.line == 0
                ? "\(file): \(complaint.message)" : "\(file):\(complaint.line)\(column): \(complaint.message)"
        }
        let rest = complaints.count - lines.count
        description = (lines + (rest > 0 ? ["\(file): and \(rest) more"] : [])).joined(separator: "\n")
    }
}

/// Something wrong with a line of a file.
struct Complaint: Error, Equatable {
    /// From 1; 0 for the file as a whole.
    let line: Int
    /// From 1, in characters; nil for the line as a whole.
    let column: Int?
    let message: String

    init(line: Int, column: Int? = nil, _ message: String) {
        (self.line, self.column, self.message) = (line, column, message)
    }
}
