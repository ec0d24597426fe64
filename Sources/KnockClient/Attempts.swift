internal import KnockCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Attempts to connect to one port that are under way at the same time: the first to get through is the connection, and
/// the others are given up at once, so that a door that counts connections doesn't count them.
struct Attempts: ~Copyable {
    private let address: SocketAddress
    private let port: UInt16
    /// Sockets that wait for an answer.
    private var pending: [Int32] = []
    /// Why the latest that was answered didn't get through.
    private var refusal: Int32?

    init(to address: SocketAddress, port: UInt16) {
        (self.address, self.port) = (address, port)
    }

    deinit { for descriptor in pending { close(descriptor) } }

    /// Why there's no connection, in words.
    var reason: String { refusal.map(errorText) ?? "no answer" }

    /// Begins one more; throws where the system won't even begin.
    mutating func begin() throws(SystemRefusal) {
        let descriptor = try streamSocket(address.domain)
        if unsafe address.withPort(port, { unsafe connect(descriptor, $0, $1) == 0 }) || errno == EINPROGRESS {
            pending.append(descriptor)
            return
        }
        let number = errno
        close(descriptor)
        guard number == ECONNREFUSED else { throw SystemRefusal(number: number) }
        refusal = number  // As a port of this machine does at once.
    }

    /// Waits until one gets through, all were refused, or `patience` is over; nil without a connection.
    mutating func connection(within patience: Duration) -> Connection? {
        let deadline = ContinuousClock.now + patience
        while !pending.isEmpty {
            for descriptor in answered(until: deadline) {
                pending.removeAll { $0 == descriptor }
                let error = pendingError(descriptor)
                guard error != 0 else {
                    giveUp()
                    return Connection(owning: descriptor)
                }
                refusal = error
                close(descriptor)
            }
            if ContinuousClock.now >= deadline { return nil }
        }
        return nil
    }

    private mutating func giveUp() {
        for descriptor in pending { close(descriptor) }
        pending = []
    }

    /// The sockets that have an answer; none when the deadline comes first.
    private func answered(until deadline: ContinuousClock.Instant) -> [Int32] {
        var entries = pending.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
        // One millisecond more than is left at most: poll(2) would turn in circles over its fractions.
        let left = max(.zero, deadline - .now) / .milliseconds(1)
        guard unsafe poll(&entries, nfds_t(entries.count), Int32(min(left + 1, 1e9))) > 0 else { return [] }
        return entries.filter { $0.revents != 0 }.map(\.fd)
    }
}

/// What the system said when it wouldn't do something: an errno.
struct SystemRefusal: Error {
    let number: Int32
}

/// A TCP socket that doesn't block. Its number is beyond those of the standard streams: one of these may be closed, and
/// the socket would be taken for it.
private func streamSocket(_ domain: Int32) throws(SystemRefusal) -> Int32 {
    let first = socket(domain, Transport.tcp.socketType, 0)
    guard first >= 0 else { throw SystemRefusal(number: errno) }
    defer { close(first) }
    let descriptor = fcntl(first, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    guard descriptor >= 0 else { throw SystemRefusal(number: errno) }
    guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
        let number = errno
        close(descriptor)
        throw SystemRefusal(number: number)
    }
    return descriptor
}

/// The error that an attempt came to, 0 when it got through.
func pendingError(_ descriptor: Int32) -> Int32 {
    var error: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno
}
