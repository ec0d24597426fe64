/// One thing to tell a person about a configuration file.
///
/// A diagnostic quotes at most the word that it is about: what else a file holds is secret.
public struct Diagnostic: Equatable, Sendable, CustomStringConvertible {
    public enum Severity: Equatable, Sendable {
        /// The configuration can't be used.
        case error
        /// It can be used, but may not do what was meant.
        case warning
    }

    /// Where in a file a word begins.
    public struct Position: Equatable, Sendable {
        /// From 1.
        public let line: Int
        /// From 1, in characters.
        public let column: Int
    }

    /// The file, by the name under which it was read.
    public let file: String

    /// Nil for what concerns the file as a whole: that it can't be opened, that others may read it.
    public let position: Position?

    public let severity: Severity
    public let message: String

    /// `knockgate.conf:12:14: a port is 1 to 65535, not "70000"`, or `knockgate.conf:3:1: warning: …`.
    public var description: String {
        let place = position.map { "\(file):\($0.line):\($0.column)" } ?? file
        return severity == .warning ? "\(place): warning: \(message)" : "\(place): \(message)"
    }
}
