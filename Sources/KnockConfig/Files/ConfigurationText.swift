/// A configuration file's bytes, and the name by which diagnostics call it.
public struct ConfigurationText: Equatable, Sendable {
    public let file: String
    public let bytes: [UInt8]

    /// What was seen of the file itself when it was opened: who may read it, or why it couldn't be read.
    let notes: [Note]

    /// A note on a file as a whole.
    struct Note: Equatable {
        let severity: Diagnostic.Severity
        let message: String
    }

    public init(file: String, bytes: [UInt8]) {
        self.init(file: file, bytes: bytes, notes: [])
    }

    public init(file: String, text: String) {
        self.init(file: file, bytes: Array(text.utf8))
    }

    init(file: String, bytes: [UInt8], notes: [Note]) {
        (self.file, self.bytes, self.notes) = (file, bytes, notes)
    }
}
