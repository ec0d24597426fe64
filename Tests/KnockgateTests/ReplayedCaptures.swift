/// What the tests of `replay` play: rules, and captures forged for them.
public import KnockCore
import PacketForge
import Testing

extension Rules {
    /// One door, for captures that are played before it: `ssh`, with a closing sequence and two connections.
    static func ssh() throws -> Rules {
        let knocks: [Port] = [.udp(2222), .tcp(3333), .udp(4444)]
        var door = Door(name: "ssh", protects: [.tcp(22)], sequence: try #require(KnockSequence(knocks)))
        door.closeSequence = KnockSequence(knocks.reversed())
        door.connections = 2
        var rules = Rules()
        rules.doors = [door]
        return rules
    }

    /// And another one behind it: `web`.
    static func sshAndWeb() throws -> Rules {
        var rules = try ssh()
        let knocks: [Port] = [.tcp(7000), .udp(9000), .tcp(8000)]
        rules.doors.append(Door(name: "web", protects: [.tcp(80)], sequence: try #require(KnockSequence(knocks))))
        return rules
    }
}

extension ForgedCapture {
    /// When the forged captures begin.
    static let start: Int64 = 1_700_000_000_000_000_000

    /// Packets to these ports, a second apart.
    init(of ports: [Port], from source: Address = "198.51.100.7") {
        self.init(.pcap(.nanoseconds, .little), over: .raw)
        for (second, port) in ports.enumerated() { append(Packet(from: source, to: port), second: Double(second)) }
    }

    /// So many seconds after the beginning.
    mutating func append(_ packet: Packet, second: Double) {
        append(Forged(packet).bytes, at: ForgedCapture.start + Int64(second * 1_000_000_000))
    }
}

extension Packet {
    /// A SYN or a datagram to `port`.
    init(from source: Address = "198.51.100.7", to port: Port, at address: Address? = nil) {
        let destination = address ?? (source.family == .ipv4 ? "203.0.113.5" : "2001:db8::5")
        switch port.transport {
        case .tcp:
            self.init(from: source, to: destination, .tcp(source: 40000, destination: port.number, flags: .syn))
        case .udp: self.init(from: source, to: destination, .udp(source: 40000, destination: port.number))
        }
    }
}

extension Network: ExpressibleByStringLiteral {
    /// Networks in tests are written out; a wrong one is the test's mistake.
    public init(stringLiteral text: String) {
        guard let network = Network(text) else { preconditionFailure("\(text) is not a network") }
        self = network
    }
}
