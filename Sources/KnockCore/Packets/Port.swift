/// The two transport protocols in which one can knock.
public enum Transport: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case tcp = 6
    case udp = 17

    public var description: String { self == .tcp ? "tcp" : "udp" }
}

/// A TCP or UDP port: what a knock is made on, and what a door protects. Written `22/tcp`.
///
/// A packet may be sent to port 0; a configuration never names it.
public struct Port: Hashable, Sendable, CustomStringConvertible {
    public let number: UInt16
    public let transport: Transport

    public init(_ number: UInt16, _ transport: Transport) {
        (self.number, self.transport) = (number, transport)
    }

    public static func tcp(_ number: UInt16) -> Port { Port(number, .tcp) }
    public static func udp(_ number: UInt16) -> Port { Port(number, .udp) }

    public var description: String { "\(number)/\(transport)" }
}
