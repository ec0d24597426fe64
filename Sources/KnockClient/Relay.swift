#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The two ways that bytes go over a connection at the same time:
///
///     input ──▶ connection ──▶ output
///
/// Neither waits for the other, so that two sides which both say much before they listen don't stop each other; nor does
/// it matter which of them ends first.
struct Relay: ~Copyable {
    private let connection: Int32
    private var outward: Flow
    private var inward: Flow
    /// Why nothing more goes out.
    private var breakage: Int32?

    /// - Parameter connection: a socket that doesn't block.
    init(connection: Int32, input: Int32, output: Int32) {
        self.connection = connection
        outward = Flow(from: input, to: Sink(connection))
        inward = Flow(from: connection, to: Sink(output))
    }

    /// Passes on what comes until both ways have ended.
    mutating func run() throws(KnockError) {
        signal(SIGPIPE, SIG_IGN)  // That a reader has left is an error like others.
        while !(outward.isOver && inward.isOver) {
            // What becomes of a connection that has no more to say is told even where nothing is asked.
            let connection = pollfd(fd: inward.isOver ? connection : -1, events: 0, revents: 0)
            var entries = [outward.awaited, inward.awaited, connection]
            guard unsafe poll(&entries, nfds_t(entries.count), -1) > 0 else { continue }  // A signal came.
            if entries[0].revents != 0 { try sayMore() }
            if entries[1].revents != 0 { try hearMore() }
            if entries[2].revents != 0 { breakage = breakage ?? pendingError(self.connection) }
            if inward.isOver, breakage != nil { outward.giveUp() }
        }
        if let breakage { throw .broken(reason: errorText(breakage == 0 ? EPIPE : breakage)) }
    }

    private mutating func sayMore() throws(KnockError) {
        do { try outward.advance() } catch {
            guard error.end == .sink else { throw .stream("input", reason: errorText(error.number)) }
            // What the other side said before it left is still to be heard.
            breakage = error.number
            outward.giveUp()
        }
    }

    private mutating func hearMore() throws(KnockError) {
        do { try inward.advance() } catch {
            guard error.end == .source else { throw .stream("output", reason: errorText(error.number)) }
            throw .broken(reason: errorText(breakage ?? error.number))
        }
    }
}
