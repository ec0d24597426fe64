public import KnockCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A host to knock at: its name is looked up once, so that all knocks go to one machine.
///
/// Knocking needs no rights: a knock is what an ordinary connection or datagram begins with.
public struct Destination: Sendable, CustomStringConvertible {
    let address: SocketAddress

    /// Looks up `host`, a name or an address, and takes the first of its addresses that there's a way to: of `family`, or of any.
    public init(_ host: String, family: Address.Family? = nil) throws(KnockError) {
        address = try SocketAddress(resolving: host, family: family)
    }

    /// The host's address in numbers, with its zone if it has one: `203.0.113.5`, `fe80::1%eth0`.
    public var description: String { address.description }

    /// How the destination of a knock is shown: `203.0.113.5:2222`, `[2001:db8::5]:2222`.
    public func endpoint(_ port: Port) -> String {
        description.contains(":") ? "[\(description)]:\(port.number)" : "\(description):\(port.number)"
    }

    /// Knocks on `ports` in their order, with a pause of `delay` between them.
    ///
    /// - Parameter before: called with each port just before its knock.
    public func knock(_ ports: [Port], delay: Duration = .zero, before: (Port) -> Void = { _ in }) throws(KnockError) {
        for (index, port) in ports.enumerated() {
            if index > 0 { pause(delay) }
            before(port)
            try knock(port)
        }
    }

    /// Knocks once: a TCP SYN, or a UDP datagram of one zero byte like those of knockd's `knock`.
    ///
    /// No answer, or a refusal, isn't an error: most knocks go to closed ports.
    public func knock(_ port: Port) throws(KnockError) {
        let descriptor = socket(address.domain, port.transport.socketType, 0)
        guard descriptor >= 0 else { throw failure(port, errno) }
        // A socket that is closed while it waits for an answer never sends its SYN again.
        defer { close(descriptor) }
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw failure(port, errno) }
        let sent = unsafe address.withPort(port.number) { pointer, length in
            switch port.transport {
            case .tcp: unsafe connect(descriptor, pointer, length) == 0
            case .udp: unsafe sendto(descriptor, [UInt8(0)], 1, 0, pointer, length) == 1
            }
        }
        guard sent || [EINPROGRESS, ECONNREFUSED].contains(errno) else { throw failure(port, errno) }
    }

    private func failure(_ port: Port, _ number: Int32) -> KnockError {
        .unsent(port, to: endpoint(port), reason: errorText(number))
    }
}

/// Sleeps for `duration`, signals or not.
func pause(_ duration: Duration) {
    guard duration > .zero else { return }
    let (seconds, attoseconds) = duration.components
    var wanted = timespec(tv_sec: Int(clamping: seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    var rest = timespec()
    while unsafe nanosleep(&wanted, &rest) != 0, errno == EINTR { wanted = rest }
}
