#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A TCP connection to the host that was knocked at.
public struct Connection: ~Copyable {
    let descriptor: Int32

    /// Takes over a connected socket that doesn't block.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        // What a person types goes out at once; whoever sends much sends it in large pieces.
        var yes: Int32 = 1
        _ = unsafe setsockopt(descriptor, tcpProtocol, TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// Joins the standard input and output to the connection, until both sides have said all they had to say.
    ///
    /// Where one of them ends, only that way ends: the other side hears the end of the input, or the output is closed.
    public func relay() throws(KnockError) {
        var relay = Relay(connection: descriptor, input: STDIN_FILENO, output: STDOUT_FILENO)
        try relay.run()
    }
}
