import KnockCore
import PacketForge

/// A gate on the bench, with a clock that the test holds.
///
///     let bench = Bench([ssh])
///     #expect(bench.hears(.udp(2222), at: 0) == [.knocked(heard: 1, of: 3)])
final class Bench {
    static let server: Address = "203.0.113.5"
    static let alice: Address = "198.51.100.7"
    static let bob: Address = "198.51.100.8"

    var gate: Gate
    private(set) var events: [Event] = []

    init(_ doors: [Door], _ change: (inout Rules) -> Void = { _ in }) {
        var rules = Rules()
        rules.doors = doors
        change(&rules)
        gate = Gate(rules, seed: HashSeed(1, 2))
    }

    /// The verdict on a packet; a TCP one is a SYN unless `flags` says otherwise.
    @discardableResult
    func verdict(
        on port: Port, from source: Address = alice, to destination: Address = server, flags: TCPFlags = .syn,
        sourcePort: UInt16 = 40_000, at second: Double
    ) -> Verdict {
        let content: Packet.Content =
            port.transport == .tcp
            ? .tcp(source: sourcePort, destination: port.number, flags: flags)
            : .udp(source: sourcePort, destination: port.number)
        events = []
        return gate.decide(Packet(from: source, to: destination, content), at: .second(second), events: &events)
    }

    /// What changed by a packet.
    func hears(
        _ port: Port, from source: Address = alice, to destination: Address = server, flags: TCPFlags = .syn,
        at second: Double
    ) -> [Event.Change] {
        verdict(on: port, from: source, to: destination, flags: flags, at: second)
        return events.map(\.change)
    }

    /// The verdict on a packet as it is; nil for bytes that couldn't be read.
    func verdict(on packet: Packet?, at second: Double) -> Verdict {
        events = []
        return gate.decide(packet, at: .second(second), events: &events)
    }

    /// Ends the leases whose time is up.
    func expire(at second: Double) -> [Event] {
        events = []
        gate.expire(at: .second(second), events: &events)
        return events
    }

    func open(_ source: Address, lasting: Duration? = nil, at second: Double) {
        gate.open(0, for: source, lasting: lasting, at: .second(second), events: &events)
    }

    func close(_ source: Address, at second: Double) -> Bool {
        gate.close(0, for: source, at: .second(second), events: &events)
    }

    func restore(_ source: Address, until deadline: Double, ports: [UInt16] = [], at second: Double) -> Bool {
        gate.restore(0, for: source, until: .second(deadline), acceptedPorts: ports, at: .second(second))
    }

    func adopt(_ doors: [Door], at second: Double, _ change: (inout Rules) -> Void = { _ in }) -> Gate.Carried {
        var rules = Rules()
        rules.doors = doors
        change(&rules)
        return gate.adopt(rules, at: .second(second))
    }

    /// Knocks a whole sequence within a moment.
    func knock(_ ports: [Port], from source: Address = alice, at second: Double) {
        for port in ports { verdict(on: port, from: source, at: second) }
    }

    /// Whether a new connection to `port` is accepted.
    func admits(
        _ source: Address = alice, to port: Port = .tcp(22), sourcePort: UInt16 = 50_000, flags: TCPFlags = .syn,
        at second: Double
    ) -> Bool {
        verdict(on: port, from: source, flags: flags, sourcePort: sourcePort, at: second) == .accept
    }
}

extension Instant {
    static func second(_ second: Double) -> Instant { Instant(nanoseconds: Int64(second * 1e9)) }
}

extension Door {
    /// A door of tests: open for 10 s, 15 s to knock.
    static func named(_ name: String, _ knocks: [Port], protects: [Port] = [.tcp(22)]) -> Door {
        guard let sequence = KnockSequence(knocks) else { preconditionFailure("a test's sequence is no sequence") }
        var door = Door(name: name, protects: protects, sequence: sequence)
        door.openFor = .seconds(10)
        return door
    }

    /// 2222/udp 3333/tcp 4444/udp, and back to close.
    static var ssh: Door {
        var door = named("ssh", [.udp(2222), .tcp(3333), .udp(4444)])
        door.closeSequence = KnockSequence([.udp(4444), .tcp(3333), .udp(2222)])
        return door
    }

    /// As `ssh`, without a sequence to close.
    static var plain: Door { named("ssh", [.udp(2222), .tcp(3333), .udp(4444)]) }

    func with(_ change: (inout Door) -> Void) -> Door {
        var door = self
        change(&door)
        return door
    }
}
