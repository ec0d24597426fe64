#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the standard output is able to show.
struct Terminal: Equatable {
    /// Columns and rows; nil when the output isn't a terminal, so that nothing needs to be cut.
    var size: Size?
    var coloured: Bool

    struct Size: Equatable {
        var columns: Int
        var rows: Int
    }

    /// Colours only on a terminal that isn't dumb, and not where NO_COLOR says anything (no-color.org).
    init(size: Size?, environment: [String: String]) {
        self.size = size
        coloured = size != nil && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// The standard output as it is at this moment: its window may have changed.
    static var current: Terminal {
        Terminal(size: currentSize, environment: Environment.values(of: ["NO_COLOR", "TERM"]))
    }

    private static var currentSize: Size? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var window = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return Size(columns: 80, rows: 24)
        }
        return Size(columns: Int(window.ws_col), rows: Int(window.ws_row))
    }
}
