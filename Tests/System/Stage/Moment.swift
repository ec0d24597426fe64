/// What a visitor does in one go, on a thread inside the visitor's machine.
import CStage
import Glibc
import KnockCore
import PacketForge

struct Moment {
    let visitor: Visitor

    /// Knocks as every knock client does: a connection begun and given up, or an empty datagram.
    func knock(_ ports: [Port], at target: Address? = nil) throws {
        for port in ports {
            let connection = try begin(port, at: target ?? visitor.server)
            if port.transport == .udp { connection.write([]) }
        }
    }

    func knock(_ ports: Port...) throws {
        try knock(ports)
    }

    /// Tries to reach a port, and waits for what becomes of it.
    func tries(_ port: Port, patience: Duration = .milliseconds(400)) throws -> Connection {
        let connection = try begin(port, at: visitor.server)
        if port.transport == .udp { connection.write([]) }
        try connection.settle(port.transport, patience: patience)
        return connection
    }

    /// Sends packets made by hand, at most so many a second (as fast as it goes when nil).
    func send(_ packets: [Forged], perSecond rate: Int? = nil) throws {
        let socket = try RawSocket(for: visitor.address.family)
        let clock = ContinuousClock()
        let start = clock.now
        for (index, packet) in packets.enumerated() {
            try socket.send(packet)
            guard let rate, index % 64 == 63 else { continue }
            let due = start + .seconds(1) * index / rate
            while clock.now < due { usleep(200) }
        }
    }

    private func begin(_ port: Port, at target: Address) throws -> Connection {
        let type = Int32(port.transport == .tcp ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
        let (from, to) = (visitor.address.bytes, target.bytes)
        let start = ContinuousClock.now
        var error: Int32 = 0
        let descriptor = unsafe stage_connect(type, from, to, to.count, port.number, &error)
        guard descriptor >= 0, error == 0 || error == EINPROGRESS || error == ECONNREFUSED else {
            throw StageError(
                "\(visitor.address) can't connect to \(target) \(port): \(errorText(max(-descriptor, error)))")
        }
        return Connection(descriptor: descriptor, start: start, refusedAtOnce: error == ECONNREFUSED)
    }
}

/// A socket for whole IP packets, whose source may be anybody's.
struct RawSocket: ~Copyable {
    private let descriptor: Int32

    init(for family: Address.Family) throws {
        descriptor = stage_raw_socket(family == .ipv6 ? 1 : 0)
        guard descriptor >= 0 else { throw StageError("no raw socket: \(errorText(-descriptor))") }
    }

    func send(_ packet: Forged) throws {
        let result = unsafe stage_send_packet(descriptor, packet.bytes, packet.bytes.count)
        guard result == 0 else { throw StageError("can't send a forged packet: \(errorText(-result))") }
    }

    deinit { close(descriptor) }
}
