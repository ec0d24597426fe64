#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Where a flow goes to, and how to write there without waiting for room: while one way of a relay waited, the other
/// would stand still.
///
/// O_NONBLOCK isn't set on a descriptor that came from elsewhere: it would hold for everybody who shares it, a terminal's
/// shell for one, and outlast this program.
struct Sink: ~Copyable {
    private enum Kind {
        /// Each call says that it mustn't wait.
        case socket
        /// Doesn't wait, or not for anybody: a file, /dev/null, a pipe opened anew.
        case ready
        /// Might wait: a pipe, but not for room for so little; and a terminal while somebody has stopped it.
        case cautious
    }

    private(set) var descriptor: Int32
    private let kind: Kind
    /// The descriptor that was given, where another was opened in its place.
    private let given: Int32

    init(_ given: Int32) {
        self.given = given
        var status = stat()
        let type = unsafe fstat(given, &status) == 0 ? status.st_mode & S_IFMT : 0
        let own = type == S_IFIFO ? openedAnew(given) : nil
        descriptor = own ?? given
        kind =
            switch type {
            case S_IFSOCK: .socket
            case S_IFIFO where own == nil: .cautious
            default: isatty(given) == 1 ? .cautious : .ready
            }
    }

    deinit { if descriptor != given { close(descriptor) } }

    /// Whether one must have been told of room before one writes.
    var wantsRoomFirst: Bool { kind == .cautious }

    /// Writes as much as there is room for; -1 with errno when that can't be done.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch kind {
        case .socket: unsafe send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
        case .ready: unsafe systemWrite(descriptor, bytes.baseAddress, bytes.count)
        // Where poll(2) tells of room, there's room for so much at least (POSIX, PIPE_BUF).
        case .cautious: unsafe systemWrite(descriptor, bytes.baseAddress, min(bytes.count, pipePiece))
        }
    }

    /// Tells whoever reads that this is the end.
    mutating func end() {
        if kind == .socket {
            shutdown(descriptor, sendingEnd)
            return
        }
        if descriptor != given { close(descriptor) }
        descriptor = given
        // The number stays taken: what is opened next isn't to be the standard output by accident.
        let nowhere = unsafe open("/dev/null", O_WRONLY)
        guard nowhere >= 0 else { return }
        dup2(nowhere, given)
        close(nowhere)
    }
}
