/// All kinds of traffic at once, at a steady rate, each packet counted as it is sent: what a gate meets in a long life.
///
///     stranger ── the flood's noise ────────────────────────┐
///     stranger ── a scan, packets that can't be read (IPv6) ─┤
///     client ──── knocks, connects and leaves, over both IPs ┼─▶ the gate
///     server ──── status, open and close, somebody silent ───┤
///     root ────── reloads, of good files and a bad one ──────┘
import KnockCore
import PacketForge
import Subprocess
import Synchronization

final class Load: Sendable {
    /// What was sent, each packet once for each time that it left.
    struct Sent: Sendable {
        var packets = 0
        var malformed = 0
        /// Sequences that were completed, each by who had no lease.
        var openings = 0
        /// Doors that root has opened by hand.
        var grants = 0
        var requests = 0
        var reloads = 0
    }

    private let daemon: Daemon
    /// The service behind the door.
    private let listener: Listener
    /// Called once a second, when a second has passed since the last reload.
    private let look: @Sendable () throws -> Void
    private let counted = Mutex(Sent())
    private let isOver = Atomic(false)

    private init(on daemon: Daemon, before listener: Listener, look: @escaping @Sendable () throws -> Void) {
        (self.daemon, self.listener, self.look) = (daemon, listener, look)
    }

    private var stage: Stage { daemon.stage }

    var sent: Sent { counted.withLock { $0 } }

    private func count(_ change: (inout Sent) -> Void) { counted.withLock { change(&$0) } }

    /// Does something again and again, a round in each `period`, until the load is ended.
    private func each(_ period: Duration, _ round: (Int) async throws -> Void) async throws {
        let start = ContinuousClock.now
        var number = 0
        while !isOver.load(ordering: .relaxed) {
            try await round(number)
            number += 1
            try await Task.sleep(until: start + period * number, clock: .continuous)
        }
    }

    private func carry(for length: Duration) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.visit() }
            group.addTask { try await self.scan() }
            group.addTask { try await self.ask() }
            group.addTask { try await self.reload() }
            group.addTask {
                try await Task.sleep(for: length)
                self.isOver.store(true, ordering: .relaxed)
            }
            while try await group.next() != nil {}
        }
    }

    private func visit() async throws {
        try await each(.milliseconds(250)) { number in
            let visitor = number.isMultiple(of: 2) ? stage.client : stage.client.at("2001:db8::7")
            let connection = try await visitor.acts { moment in
                try moment.knock(sshKnocks)
                return try moment.tries(.ssh, patience: .seconds(5))
            }
            guard connection.answer == .accepted else {
                throw StageError("who had knocked was \(connection.answer) at the \(number)th time")
            }
            connection.reset()
            _ = try await listener.accept()  // And left at once: nobody may wait there until there is no room.
            let resent = Int(connection.retransmissions)
            count { ($0.packets, $0.openings) = ($0.packets + sshKnocks.count + 1 + resent, $0.openings + 1) }
        }
    }

    private func scan() async throws {
        let upwards = (0..<64).map { stage.stranger.segment(to: UInt16(2200 + 20 * $0)) }
        let long = Forged.ipv6(
            from: "2001:db8::8", to: "2001:db8::5", .udp(from: 40_000, to: 2222),
            extensions: Array(repeating: .destinationOptions, count: 9))
        try await each(.seconds(1)) { _ in
            try await stage.stranger.sends(upwards)
            try await stage.stranger.at("2001:db8::8").sends(Array(repeating: long, count: 16))
            count { ($0.packets, $0.malformed) = ($0.packets + upwards.count + 16, $0.malformed + 16) }
        }
    }

    private func ask() async throws {
        try await each(.seconds(1)) { number in
            switch number % 4 {
            case 0: _ = try await daemon.status()
            case 1:
                try await daemon.knockgate("open", "guests", "192.0.2.1").succeeded()
                count { $0.grants += 1 }
            case 2: try await daemon.knockgate("close", "guests", "192.0.2.1").succeeded()
            default:
                let silent = "timeout 0.3 nc -dU \(daemon.stage.path("control.sock"))"
                _ = try await daemon.stage.server.run(.shell, ["-c", silent])
            }
            count { $0.requests += 1 }
        }
    }

    private func reload() async throws {
        try await each(.seconds(1)) { number in
            try look()
            let text = [Load.configuration, Load.other, "[door ssh]\n"][number % 3]
            try daemon.stage.write(text, to: "knockgate.conf")
            let reloaded = try await daemon.knockgate("reload")
            guard reloaded.status.isSuccess == (number % 3 < 2) else { throw StageError("\(reloaded)") }
            count { $0.reloads += 1 }
        }
    }

    static let configuration =
        sshDoor(["connections = 1"]) + "[door guests]\nprotects = 5900/tcp\nsequence = 9001 9003 9002\nopen_for = 10m\n"
    private static let other =
        configuration + "[door web]\nprotects = 8081/tcp\nsequence = 7001/udp 7003 7002\nclose_sequence = 7002 7003\n"

    /// Lets all of it come for so long, and answers what was sent.
    static func put(
        on daemon: Daemon, before listener: Listener, noise rate: Int, for length: Duration,
        look: @escaping @Sendable () throws -> Void
    ) async throws -> Sent {
        let load = Load(on: daemon, before: listener, look: look)
        let flood = try await daemon.stage.flooded(perSecond: rate) { flood in
            try await load.carry(for: length)
            return flood
        }
        load.count { $0.packets += flood.sent }
        return load.sent
    }
}
