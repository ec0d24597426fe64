import CStage
import Glibc
import KnockCore
import PacketForge
import Testing

extension Stories {
    /// The service manager holds the queue's socket while the daemon is away (FileDescriptorStoreMax= in the unit).
    @Suite struct `No packet is lost between one daemon and the next` {
        private func manager(on stage: Stage) throws -> ServiceManager {
            try ServiceManager(at: stage.path("notify"))
        }

        @Test(.timeLimit(.minutes(1)), arguments: [true, false])
        func `packets that come while nobody is there wait for the next daemon`(isKilled: Bool) async throws {
            try await Stage.set { stage in
                let manager = try manager(on: stage)
                try await manager.withDaemon(sshDoor(), on: stage) { daemon in
                    try await eventually("the manager holds the queue") { manager.held != nil }
                    try await stage.stranger.sends((0..<10).map(ForgedKnock(port: 9).from))
                    if isKilled { try await daemon.kill() }
                }
                let attempt = Task { try await stage.client.tries(.unprotected, patience: .milliseconds(950)) }
                try await stage.stranger.sends((10..<510).map(ForgedKnock(port: 9).from))
                let status = try await manager.withDaemon(sshDoor(), on: stage) { daemon in
                    let connection = try await attempt.value
                    #expect(connection.answer == .refused && connection.retransmissions == 0, "on the first SYN")
                    try await daemon.waits(untilLogSays: "queue 4747 was held meanwhile; packets that wait in it: 5")
                    return try await daemon.waits(until: "all are answered") { $0.verdicts.next >= 501 }
                }
                #expect(status.queue.bound && status.queue.lost == 0)
                try await #expect(stage.server.refusedDatagrams() == 510, "each of them met the firewall, once")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `not one of a thousand packets is lost under a daemon that is killed again and again`() async throws {
            try await Stage.set { stage in
                let manager = try manager(on: stage)
                // Bound for the first time: before that nobody holds packets.
                try await manager.withDaemon(sshDoor(), on: stage) { _ in
                    try await eventually("the manager holds the queue") { manager.held != nil }
                }
                let sender = Task {
                    for round in 0..<50 {
                        try await stage.stranger.sends((0..<20).map { ForgedKnock(port: 9).from(20 * round + $0) })
                        try await Task.sleep(for: .milliseconds(40))
                    }
                }
                for _ in 0..<5 {
                    try await manager.withDaemon(sshDoor(), on: stage) { daemon in
                        try await Task.sleep(for: .milliseconds(250))
                        try await daemon.kill()
                    }
                }
                try await manager.withDaemon(sshDoor(), on: stage) { daemon in
                    try await sender.value
                    try await eventually("none waits any longer") { try await stage.server.waitingPackets() == 0 }
                    let count = try await stage.server.refusedDatagrams()
                    #expect(count == 1000)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `what a daemon had taken and not answered when it died comes to the next one`() async throws {
            try await Stage.set { stage in
                let manager = try manager(on: stage)
                try await manager.withDaemon(sshDoor(), on: stage) { daemon in
                    try await eventually("the manager holds the queue") { manager.held != nil }
                    try await daemon.kill()
                }
                let held = try #require(manager.held)
                for (sent, taken) in [(10, 4), (10, 16)] {
                    try await stage.stranger.sends((0..<sent).map(ForgedKnock(port: 9).from))
                    for _ in 0..<taken { #expect(takesMessage(from: held)) }
                    if sent == taken { #expect(!takesMessage(from: held)) }
                }
                try await manager.withDaemon(sshDoor(), on: stage) { daemon in
                    try await daemon.waits(until: "all are answered") { $0.verdicts.next == 20 }
                    try await #expect(stage.server.waitingPackets() == 0)
                }
                try await #expect(stage.server.refusedDatagrams() == 20)
            }
        }

        /// Takes a packet's message out of the queue's socket, as a daemon does that dies of it.
        private func takesMessage(from socket: Int32) -> Bool {
            var buffer = [UInt8](repeating: 0, count: 8192)
            return unsafe recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0
        }

        @Test(.timeLimit(.minutes(1)))
        func `a door opens by knocks that came while nobody was there`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                try await stage.serves(22)
                let manager = try manager(on: stage)
                try await manager.withDaemon(sshDoor(), on: stage) { _ in
                    try await eventually("the manager holds the queue") { manager.held != nil }
                }
                try await stage.client.knocks(sshKnocks)
                let attempt = Task { try await stage.client.tries(.ssh, patience: .milliseconds(950)) }
                try await eventually("all wait") { try await stage.server.waitingPackets() == 4 }
                try await manager.withDaemon(sshDoor(), on: stage) { _ in
                    let connection = try await attempt.value
                    #expect(connection.answer == .accepted && connection.retransmissions == 0)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a queue that the configuration doesn't name any more is let go of`() async throws {
            try await Stage.set { stage in
                let manager = try manager(on: stage)
                try await manager.withDaemon(sshDoor(), on: stage) { _ in
                    try await eventually("the manager holds the queue") { manager.held != nil }
                }
                let old = manager.held
                try await manager.withDaemon(sshDoor(gate: ["queue = 4748"]), on: stage) { daemon in
                    try await eventually("the manager holds another socket") {
                        manager.messages.suffix(3) == ["FDSTOREREMOVE=1", "FDSTORE=1", "READY=1"]
                    }
                    try await #expect(daemon.status().queue.bound)
                    try await #expect(stage.server.waitingPackets() == nil, "queue 4747 is free")
                }
                #expect(old != nil && manager.held != nil)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a daemon that is handed something else binds its queue as ever`() async throws {
            try await Stage.set { stage in
                let manager = try manager(on: stage)
                manager.hold(unsafe open("/dev/null", O_RDONLY | O_CLOEXEC))
                try await manager.withDaemon(sshDoor(), on: stage) { daemon in
                    try await #expect(daemon.status().queue.bound)
                    try await #expect(stage.client.finds(.unprotected) == .refused)
                }
            }
        }
    }
}
