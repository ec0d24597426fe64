#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// One way of a relay: what comes from a source goes to a sink, piece by piece, until the source ends.
///
///     ┌─ reads ◀──────────── all is written
///     │    │ a piece came          ▲
///     │    └──────────────▶ writes ┘
///     └─ the source ended ▶ over
struct Flow: ~Copyable {
    private let source: Int32
    /// A terminal whose window is closed answers with EIO, or with an end: whichever the kernel comes to first.
    private let isTerminal: Bool
    private var sink: Sink
    private var buffer: [UInt8]
    /// The part of the buffer that is still to be written.
    private var unwritten = 0..<0
    private(set) var isOver = false

    /// As much as a pipe holds, twice: large enough that calls cost little, small enough for a processor's cache.
    private static let pieceSize = 128 << 10

    init(from source: Int32, to sink: consuming Sink) {
        self.source = source
        isTerminal = isatty(source) == 1
        self.sink = sink
        buffer = Array(repeating: 0, count: Flow.pieceSize)
    }

    /// What went wrong, and at which end.
    struct Failure: Error {
        enum End { case source, sink }
        let end: End
        let number: Int32
    }

    /// What it waits for: something to read, or room to write. Nothing when it's over.
    var awaited: pollfd {
        if isOver { return pollfd(fd: -1, events: 0, revents: 0) }
        return unwritten.isEmpty
            ? pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            : pollfd(fd: sink.descriptor, events: Int16(POLLOUT), revents: 0)
    }

    /// Goes on, when what it waited for is there.
    mutating func advance() throws(Failure) {
        if unwritten.isEmpty {
            try read()
            if unwritten.isEmpty || sink.wantsRoomFirst { return }
        }
        try write()
    }

    /// Ends it, whatever there was still to pass on.
    mutating func giveUp() { isOver = true }

    private mutating func read() throws(Failure) {
        // poll(2) said that something is there, so that even a descriptor that blocks doesn't.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe systemRead(source, $0.baseAddress, $0.count) }
        switch (count, errno) {
        case (1..., _): unwritten = 0..<count
        case (0, _),
            (_, EBADF),  // A stream that is closed from the start has nothing to say.
            (_, EIO) where isTerminal:
            sink.end()
            isOver = true
        case (_, EAGAIN), (_, EINTR): break
        case (_, let number): throw Failure(end: .source, number: number)
        }
    }

    private mutating func write() throws(Failure) {
        let count = unsafe buffer.withUnsafeBytes { unsafe sink.write(UnsafeRawBufferPointer(rebasing: $0[unwritten])) }
        if count >= 0 {
            unwritten = (unwritten.lowerBound + count)..<unwritten.upperBound
        } else if errno != EAGAIN, errno != EINTR {
            throw Failure(end: .sink, number: errno)
        }
    }
}
