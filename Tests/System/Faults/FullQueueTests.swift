import KnockCore
import PacketForge
import Subprocess
import Testing

extension Stories.Faults {
    /// The firewall behind it lets everybody reach SSH, so that whatever gets past the gate gets in.
    @Suite struct `A full queue` {
        @Test(.timeLimit(.minutes(1)))
        func `what the queue has no room for is dropped and counted, and lets nobody in`() async throws {
            let door = sshDoor(openFor: "1m", gate: ["queue_length = 64"])
            try await Stage.withDaemon(door, behind: .admittingSSH) { stage, daemon in
                let session = try await Session.open(on: stage)
                let flood = try await stage.flooded { flood in
                    try daemon.process.send(.suspend)
                    try await eventually("the queue overflows") { try await stage.server.queueRow().queueLost > 1000 }
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    let leased = stage.client.at("203.0.113.99")
                    try await #expect(leased.finds(.ssh) == .silent, "nobody is there to ask about the lease")
                    #expect(session.lives)
                    try daemon.process.send(.resume)
                    let recovered = try await stage.recovery()
                    let lost = try await daemon.status().queue.lost
                    #expect(lost > 1000)
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    let injected = "a queue of 64 places overflows, \(flood.sent) packets sent so far"
                    try Fault(
                        injected: injected, lost: "\(lost) new packets, all counted; no session", recovered: recovered
                    ).tell()
                    return flood
                }
                #expect(session.lives)
                try await daemon.waits(until: "each packet was answered, or is counted as lost") {
                    $0.verdicts.total + $0.queue.lost >= flood.sent
                }
            }
        }

        /// ENOBUFS, as the kernel calls it: messages of 60,000 packets don't fit the socket's 16 MiB.
        @Test(.timeLimit(.minutes(1)))
        func `what the daemon's own buffer has no room for is dropped and counted, too`() async throws {
            let door = sshDoor(openFor: "1m", gate: ["queue_length = 65536"])
            try await Stage.withDaemon(door, behind: .admittingSSH) { stage, daemon in
                let session = try await Session.open(on: stage)
                try await stage.flooded { _ in
                    try daemon.process.send(.suspend)
                    let burst = 60_000
                    try await stage.client.acts { moment in
                        try moment.send((0..<burst).map(ForgedKnock(port: 2222).from), perSecond: 40_000)
                    }
                    let row = try await stage.server.queueRow()
                    #expect(row.listenerLost > 1000 && row.queueLost == 0, "\(row)")
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    #expect(session.lives)
                    try daemon.process.send(.resume)
                    let recovered = try await stage.recovery()
                    let status = try await daemon.waits(until: "what waited is answered") {
                        $0.verdicts.total > burst - row.listenerLost
                    }
                    #expect(status.queue.lost >= row.listenerLost && status.malformed == 0)
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    try Fault(
                        injected: "ENOBUFS: \(burst) packets at once for a stopped daemon",
                        lost: "\(status.queue.lost) new packets, all counted; no session", recovered: recovered
                    ).tell()
                }
            }
        }
    }
}

/// What the kernel tells of queue 4747 in its list (proc's nfnetlink_queue).
struct QueueRow {
    let waiting: Int
    /// Because the queue was full.
    let queueLost: Int
    /// Because the socket's buffer was.
    let listenerLost: Int
}

extension Machine {
    func queueRow() async throws -> QueueRow {
        let table = try await run(Program.cat, ["/proc/net/netfilter/nfnetlink_queue"]).output
        let rows = table.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
        let row = try #require(rows.first { $0.first == 4747 && $0.count >= 7 }, "nobody is bound to queue 4747")
        return QueueRow(waiting: row[2], queueLost: row[5], listenerLost: row[6])
    }
}

/// A session of somebody who knocked, and who goes on talking.
struct Session: Sendable {
    private let client: Connection
    private let server: Connection

    /// Opens SSH's port, and a session to it from an address that nobody else of the story has.
    static func open(on stage: Stage) async throws -> Session {
        let listener = try await stage.serves(22)
        try await stage.client.machine.ip(["addr add 203.0.113.99/24 dev eth0"])
        let visitor = stage.client.at("203.0.113.99")
        try await visitor.knocks(sshKnocks)
        let client = try await visitor.tries(.ssh)
        try #require(client.answer == .accepted)
        return try await Session(client: client, server: listener.accept())
    }

    /// Whether what one side says reaches the other, both ways.
    var lives: Bool {
        client.write("still here?")
        server.write("yes")
        return server.read() == "still here?" && client.read() == "yes"
    }
}
