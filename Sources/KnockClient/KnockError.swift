public import KnockCore

/// Why a client couldn't knock, or couldn't get in.
public enum KnockError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The host's name or address leads nowhere.
    case unresolved(host: String, reason: String)
    /// The system wouldn't send the packet: there is no route, or a rule forbids it.
    case unsent(Port, to: String, reason: String)
    /// The system wouldn't begin a connection.
    case unconnected(to: String, reason: String)
    /// The port didn't open, after so many rounds of knocks.
    case closed(String, rounds: Int, reason: String)
    /// A connection came to an end that nobody meant.
    case broken(reason: String)
    /// What goes out over a connection couldn't be read, or what came in couldn't be written.
    case stream(_ undone: String, reason: String)

    public var description: String {
        switch self {
        case .unresolved(let host, let reason): "no address for \(host): \(reason)"
        case .unsent(let port, let endpoint, let reason): "no \(port.transport) knock to \(endpoint): \(reason)"
        case .unconnected(let endpoint, let reason): "can't connect to \(endpoint): \(reason)"
        case .closed(let endpoint, let rounds, let reason):
            """
            \(endpoint) is closed after \(rounds) rounds of knocks (\(reason)): are the knocks right, and does something \
            listen there?
            """
        case .broken(let reason): "the connection broke: \(reason)"
        case .stream(let undone, let reason): "the standard \(undone): \(reason)"
        }
    }
}
