internal import KnockControl

/// What the daemon was told on its command line.
public struct Options: Equatable, Sendable {
    public var config = "/etc/knockgate/knockgate.conf"
    public var socket: String = ControlSocket.defaultPath
    public var state = "/var/lib/knockgate"
    /// Whether each knock is logged too, not only what became of the doors.
    public var verbose = false
    /// What to print instead of running, if anything.
    public var answer: String?

    public init() {}

    /// Reads the words behind the program's name: `--config FILE` or `--config=FILE`, and so on.
    public init(arguments: [String]) throws(UsageError) {
        var words = arguments[...]
        while let word = words.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let isFlag = ["--verbose", "-v", "--version", "-V", "--help", "-h"].contains(parts[0])
            guard !isFlag || parts.count == 1 else { throw UsageError(description: "\(parts[0]) takes no value") }
            switch parts[0] {
            case "--config", "-c": config = try Options.value(of: parts, in: &words)
            case "--socket": socket = try Options.value(of: parts, in: &words)
            case "--state": state = try Options.value(of: parts, in: &words)
            case "--verbose", "-v": verbose = true
            case "--version", "-V": answer = "knockgated \(knockgateVersion)\n"
            case "--help", "-h": answer = Options.help
            default: throw UsageError(description: "unknown option \"\(word)\"")
            }
        }
    }

    private static func value(of parts: [String], in words: inout ArraySlice<String>) throws(UsageError) -> String {
        let value = parts.count == 2 ? parts[1] : words.popFirst() ?? ""
        guard !value.isEmpty else { throw UsageError(description: "\(parts[0]) wants a path behind it") }
        return value
    }

    static let help = """
        knockgated \(knockgateVersion), the daemon of knockgate: answers the packets that the one rule diverts to it.

        usage: knockgated [--config FILE] [--socket PATH] [--state DIR] [--verbose]

          -c, --config FILE   the configuration; FILE.d/*.conf are read behind it (/etc/knockgate/knockgate.conf)
              --socket PATH   where `knockgate status` and the like find the daemon (\(ControlSocket.defaultPath))
              --state DIR     where leases are kept over a restart (/var/lib/knockgate)
          -v, --verbose       log each knock that is heard, too
          -V, --version       print the version
          -h, --help          print this

        It stays in the foreground, logs to standard error, reads its configuration again on SIGHUP and leaves on
        SIGTERM. It needs the capability CAP_NET_ADMIN. `knockgate rule` prints the rule, `knockgate check` reads the
        configuration for errors.

        """
}

/// A command line that can't be understood.
public struct UsageError: Error, Equatable, CustomStringConvertible {
    public let description: String
}
