import KnockCore
import PacketForge

/// Rules over a few ports and sources, and all that can happen in them.
struct World: Sendable {
    enum Happening: Sendable {
        case packet(Packet)
        /// Nothing comes for a step.
        case silence
    }

    let title: String
    let rules: Rules
    let alphabet: [Happening]
    /// How long the strings are.
    let length: Int
    /// Whether each packet comes a step after the one before it, or all at one moment but for silences.
    let packetsTakeTime: Bool

    static let step = Duration.seconds(1)

    var strings: Int { (0..<length).reduce(1) { product, _ in product * alphabet.count } }

    /// A moment of the string after as many steps.
    func time(_ string: [Int]) -> Duration {
        World.step * string.count { if case .silence = alphabet[$0] { true } else { packetsTakeTime } }
    }
}

extension World {
    private static let (a, b, c): (Port, Port, Port) = (.tcp(1), .udp(2), .tcp(3))
    private static let (front, back): (Port, Port) = (.tcp(22), .udp(53))

    /// Each has two sources, three knock ports and two protected ones; timeouts of a few steps.
    static let all: [World] = [
        World(
            "two doors whose sequences begin alike, one of them to be closed by the same knocks backwards",
            [door("one", [front], [a, b, c], closedBy: [c, b, a]), door("two", [back], [a, c])], length: 7),
        World(
            "a knock that comes twice, a sequence within another, one port behind two doors",
            [door("one", [front], [a, a, b]), door("two", [front, back], [b, a], closedBy: [a, b])], length: 7),
        World(
            "a door of one knock, and one that its first knock closes",
            [door("one", [front], [a]), door("two", [back], [b, c], closedBy: [b])], length: 7, packetsTakeTime: false),
        World(
            "one knock completes both sequences of a door", [door("one", [front], [a, b], closedBy: [c, b])], length: 7,
            packetsTakeTime: false),
        World(
            "one connection at one door, two at the other, for one port (R10, R13)",
            [door("one", [front], [a, b], connections: 1), door("two", [front], [b, a], connections: 2)],
            ports: [a, b, front], sourcePorts: [5001, 5002, 5003], length: 7),
        World(
            "an ignored port, a foreign one, and TCP that is no SYN (R2, R8)",
            [door("one", [front], [a, b, a])], ports: [a, b, front, .tcp(9), .tcp(443)], ignoring: [.tcp(443)],
            flags: [.syn, .ack], length: 6),
    ]

    private init(
        _ title: String, _ doors: [Door], ports: [Port] = [a, b, c, front, back], sourcePorts: [UInt16] = [5000],
        ignoring ignored: Set<Port> = [], flags: [TCPFlags] = [.syn], length: Int, packetsTakeTime: Bool = true
    ) {
        var rules = Rules()
        (rules.doors, rules.ignore) = (doors, ignored)
        // As many as can be under way at once: what has ended gives way, nothing else has to.
        (rules.visitCapacity, rules.leaseCapacity) = (8, 4)
        let packets = World.sources.flatMap { source in
            ports.flatMap { port in
                World.packets(from: source, to: port, of: port == World.front ? sourcePorts : [5000], flags)
            }
        }
        (self.title, self.rules, self.length, self.packetsTakeTime) = (title, rules, length, packetsTakeTime)
        alphabet = packets.map(Happening.packet) + [.silence]
    }

    private static let sources: [Address] = ["198.51.100.7", "2001:db8::7"]

    private static func packets(
        from source: Address, to port: Port, of sourcePorts: [UInt16], _ flags: [TCPFlags]
    ) -> [Packet] {
        let server: Address = source.family == .ipv4 ? "203.0.113.5" : "2001:db8::5"
        return sourcePorts.flatMap { number -> [Packet] in
            guard port.transport == .tcp else {
                return [Packet(from: source, to: server, .udp(source: number, destination: port.number))]
            }
            return flags.map {
                Packet(from: source, to: server, .tcp(source: number, destination: port.number, flags: $0))
            }
        }
    }

    private static func door(
        _ name: String, _ protected: [Port], _ knocks: [Port], closedBy closing: [Port] = [], connections: Int? = nil
    ) -> Door {
        guard let sequence = KnockSequence(knocks) else { fatalError("a door of \(title(knocks)) can't be") }
        var door = Door(name: name, protects: protected, sequence: sequence)
        door.closeSequence = KnockSequence(closing)
        (door.sequenceTimeout, door.openFor, door.connections) = (step * 3, step * 2, connections)
        return door
    }

    private static func title(_ knocks: [Port]) -> String { knocks.map(\.description).joined(separator: " ") }
}
