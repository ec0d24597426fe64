/// Somebody at one address of a machine, who knocks and connects.
import KnockCore
import PacketForge

struct Visitor: Sendable {
    let machine: Machine
    let address: Address

    /// The server's address of the visitor's own family.
    var server: Address { address.family == .ipv4 ? "203.0.113.5" : "2001:db8::5" }

    /// The same machine, at another of its addresses.
    func at(_ address: Address) -> Visitor {
        Visitor(machine: machine, address: address)
    }

    /// Does several things in one go: nothing else of the story comes between them.
    func acts<Answer: Sendable>(_ acts: @escaping @Sendable (Moment) throws -> Answer) async throws -> Answer {
        try await machine.inside { try acts(Moment(visitor: self)) }
    }

    func knocks(_ ports: Port...) async throws {
        try await knocks(ports)
    }

    func knocks(_ ports: [Port]) async throws {
        try await acts { try $0.knock(ports) }
    }

    /// Tries to connect, and waits for an answer as long as `patience`: less than the second after which a SYN is sent again.
    func tries(_ port: Port, patience: Duration = .milliseconds(400)) async throws -> Connection {
        try await acts { try $0.tries(port, patience: patience) }
    }

    /// How a port answers.
    func finds(_ port: Port) async throws -> Connection.Answer {
        try await tries(port).answer
    }

    func sends(_ packets: [Forged]) async throws {
        try await acts { try $0.send(packets) }
    }

    /// A TCP segment of this visitor's to the server, made by hand.
    func segment(to port: UInt16, flags: TCPFlags = .syn, from source: UInt16 = 40_000) -> Forged {
        packet(.tcp(from: source, to: port, flags: flags))
    }

    /// A packet of this visitor's to the server, made by hand.
    func packet(_ payload: Forged.Payload) -> Forged {
        address.family == .ipv4
            ? .ipv4(from: address, to: server, payload) : .ipv6(from: address, to: server, payload)
    }
}

extension Stage {
    /// As many visitors, each with an address of its own on the client's machine: 203.0.113.100 and what follows.
    func crowd(of count: Int) async throws -> [Visitor] {
        let addresses = (0..<count).map { Address(ipv4: 0xCB00_7164 + UInt32($0)) }
        try await client.machine.ip(addresses.map { "addr add \($0)/24 dev eth0" })
        return addresses.map(client.at)
    }
}
