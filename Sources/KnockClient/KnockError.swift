public import KnockCore

/// Why a knock couldn't be made.
public enum KnockError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The host's name or address leads nowhere.
    case unresolved(host: String, reason: String)
    /// The system wouldn't send the packet: there is no route, or a rule forbids it.
    case unsent(Port, to: String, reason: String)

    public var description: String {
        switch self {
        case .unresolved(let host, let reason): "no address for \(host): \(reason)"
        case .unsent(let port, let endpoint, let reason): "no \(port.transport) knock to \(endpoint): \(reason)"
        }
    }
}
