import Glibc

/// Lines for the administrator on standard error, as sd-daemon(3) wants them: `<6>` and the like in front for the
/// journal, nothing in front on a terminal.
public enum Console {
    /// How much a line matters (syslog(3)).
    public enum Priority: Int, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
        case debug = 7
    }

    private static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Writes to standard output what somebody asked for on the command line.
    public static func answer(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            // The text's own bytes, good for the length of the call; if nobody reads them, nobody misses them.
            _ = unsafe Glibc.write(STDOUT_FILENO, bytes.baseAddress, bytes.count)
        }
    }

    /// Writes a text, line by line, unless whoever reads isn't keeping up: a daemon must not stand still for its log.
    ///
    /// - Returns: whether all of it was written.
    @discardableResult
    public static func say(_ priority: Priority, _ text: String) -> Bool {
        let mark = isTerminal ? "" : "<\(priority.rawValue)>"
        return text.split(separator: "\n").allSatisfy { write(line: mark + $0, to: STDERR_FILENO) }
    }

    /// Writes one line if that is possible without waiting; cut to what a pipe that is ready takes at once: PIPE_BUF bytes
    /// (pipe(7)).
    static func write(line: String, to descriptor: Int32) -> Bool {
        var target = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&target, 1, 0) == 1, target.revents & Int16(POLLOUT) != 0 else { return false }
        let bytes = Array(line.utf8.prefix(longestLine - 1)) + [UInt8(ascii: "\n")]
        return unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }

    private static let longestLine = 4096
}
