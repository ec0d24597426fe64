/// Noise of many forged sources that goes on, at a steady rate, while a story plays.
import Glibc
import KnockCore
import PacketForge
import Synchronization

final class Flood: Sendable {
    private let count = Atomic(0)
    private let isOver = Atomic(false)

    /// How many packets have left so far.
    var sent: Int { count.load(ordering: .relaxed) }

    fileprivate init() {}

    fileprivate func end() { isOver.store(true, ordering: .relaxed) }

    /// Sends until it is ended. A packet that the network doesn't take (no way, no room) isn't counted.
    fileprivate func run(perSecond rate: Int) throws {
        let socket = try RawSocket(for: .ipv4)
        _ = Flood.noise  // Made before the clock runs.
        let clock = ContinuousClock()
        let start = clock.now
        for number in 0... {
            if isOver.load(ordering: .relaxed) { return }
            if (try? socket.send(Flood.noise[number % Flood.noise.count])) != nil { count.add(1, ordering: .relaxed) }
            let due = start + .seconds(1) * number / rate
            while clock.now < due { usleep(500) }
        }
    }

    /// By turns a first knock, a SYN to the protected port, a later knock, and packets to ports that mean nothing: of 8,192
    /// sources in 10.0.0.0/8. None of them ever sends a whole sequence.
    static let noise: [Forged] = (0..<8192).map { number in
        let payloads: [Forged.Payload] = [
            .udp(from: 40_000, to: 2222, data: []), .tcp(from: 40_000, to: 22, flags: .syn),
            .udp(from: 40_000, to: 4444, data: []), .udp(from: 40_000, to: 9, data: []),
            .tcp(from: 40_000, to: 3333, flags: .syn), .tcp(from: 40_000, to: 8443, flags: .syn),
            .udp(from: 40_000, to: 53, data: []), .tcp(from: 40_000, to: 8080, flags: .syn),
        ]
        let source = Address(ipv4: 0x0A00_0100 + UInt32(number))
        return .ipv4(from: source, to: "203.0.113.5", payloads[number % payloads.count])
    }
}

extension Stage {
    /// Plays the story while the stranger's machine floods the server.
    func flooded<Answer>(perSecond rate: Int = 4000, _ story: (Flood) async throws -> Answer) async throws -> Answer {
        let flood = Flood()
        async let sending: Void = stranger.machine.inside { try flood.run(perSecond: rate) }
        let answer: Result<Answer, any Error>
        do {
            try await eventually("the flood has begun") { flood.sent > 0 }
            answer = .success(try await story(flood))
        } catch {
            answer = .failure(error)
        }
        flood.end()
        try await sending
        return try answer.get()
    }
}
