import Glibc

/// The terminal while a picture is kept up on it: the alternate screen, without a cursor.
///
/// The signals that would end or stop the program are held back as long as there is a screen, and taken in `pause`: so
/// the terminal is put back before they have their way, and no handler runs at a bad moment.
struct Screen: ~Copyable {
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    private let isTerminal: Bool
    private var signals = sigset_t()
    private var before = sigset_t()

    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH] { unsafe sigaddset(&signals, signal) }
        unsafe sigprocmask(SIG_BLOCK, &signals, &before)
        show(Screen.enter)
    }

    deinit {
        show(Screen.leave)
        var before = before
        unsafe sigprocmask(SIG_SETMASK, &before, nil)
    }

    /// Waits for `duration`, or until the window changes its size; false when the user has seen enough.
    borrowing func pause(_ duration: Duration) -> Bool {
        var signals = signals
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(clamping: seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        switch unsafe sigtimedwait(&signals, nil, &time) {
        case SIGINT, SIGTERM, SIGHUP, SIGQUIT: return false
        case SIGTSTP:
            show(Screen.leave)
            raise(SIGSTOP)  // Ctrl-Z: here the program stands still until it is in the foreground again.
            show(Screen.enter)
            return true
        default: return true
        }
    }

    private borrowing func show(_ codes: String) {
        if isTerminal { Output.show(codes) }
    }
}
