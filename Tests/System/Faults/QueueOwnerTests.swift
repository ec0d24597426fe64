import CStage
import Glibc
import KnockCore
import PacketForge
import Subprocess
import Testing

extension Stories.Faults {
    @Suite struct `A queue that changes hands` {
        /// As when the kernel's module is taken out and put in again: the socket is there, and no longer bound.
        @Test(.timeLimit(.minutes(1)), arguments: [false, true])
        func `a daemon that has lost its queue says so and leaves, and the next one binds it`(isTaken: Bool)
            async throws
        {
            try await Stage.set(behind: .admittingSSH) { stage in
                let manager = try ServiceManager(at: stage.path("notify"))
                let door = sshDoor(openFor: "1m")
                try await stage.flooded { _ in
                    let loss = try await manager.withDaemon(door, on: stage, ending: .exited(1)) { daemon in
                        try await lose(stage, manager, daemon, isTaken: isTaken)
                    }
                    #expect(manager.messages.last == "STOPPING=1")
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    #expect(loss.session.lives)
                    if isTaken { close(loss.foreign) }
                    let start = ContinuousClock.now
                    try await manager.withDaemon(door, on: stage) { daemon in
                        _ = try await stage.recovery()
                        let recovered = start.duration(to: .now)
                        let status = try await daemon.status()
                        #expect(status.queue.bound && status.leases(of: "203.0.113.99").count == 1)
                        try await #expect(stage.stranger.finds(.ssh) == .silent)
                        let what = isTaken ? "taken by another program" : "unbound"
                        let noticed = Int(loss.noticed / .milliseconds(1))
                        try Fault(
                            injected: "the queue is \(what) under the daemon, which leaves \(noticed) ms later",
                            lost: "new packets until the next start; no session, no lease", recovered: recovered
                        ).tell()
                    }
                }
            }
        }

        /// Takes the queue from the daemon, and waits until it has left.
        private func lose(
            _ stage: Stage, _ manager: ServiceManager, _ daemon: Daemon, isTaken: Bool
        ) async throws -> (session: Session, foreign: Int32, noticed: Duration) {
            let session = try await Session.open(on: stage)
            let held = try #require(manager.held)
            let start = ContinuousClock.now
            let foreign = try await stage.server.inside {
                stage_release_queue(held, 4747) == 0 && isTaken ? stage_take_queue(4747) : -ENOENT
            }
            #expect((foreign >= 0) == isTaken)
            let log = daemon.process.log
            try await eventually("the daemon has left", log: log) { log.isOver }
            let owner = isTaken ? "process \(getpid()) " : "nobody is bound to it now"
            #expect(log.contains("queue 4747 was taken away: \(owner)"), "\(log.lines)")
            return (session, foreign, start.duration(to: .now))
        }

        /// The service manager holds its socket meanwhile: nothing is lost by the change.
        @Test(.timeLimit(.minutes(1)))
        func `under a daemon that is killed and replaced ten times no packet is lost`() async throws {
            try await Stage.set(behind: .admittingSSH) { stage in
                let manager = try ServiceManager(at: stage.path("notify"))
                let door = sshDoor(openFor: "1m")
                let session = try await manager.withDaemon(door, on: stage) { _ in
                    try await eventually("the manager holds the queue") { manager.held != nil }
                    return try await Session.open(on: stage)
                }
                try await stage.flooded { _ in
                    var longest = Duration.zero
                    for _ in 0..<10 {
                        let start = ContinuousClock.now
                        try await manager.withDaemon(door, on: stage) { daemon in
                            _ = try await stage.recovery()
                            longest = max(longest, start.duration(to: .now))
                            try await daemon.kill()
                        }
                        try await #expect(stage.stranger.finds(.ssh) == .silent)
                    }
                    let row = try await stage.server.queueRow()
                    #expect(row.queueLost == 0 && row.listenerLost == 0, "\(row)")
                    #expect(session.lives)
                    try Fault(
                        injected: "ten daemons killed, and the queue handed on", lost: "nothing", recovered: longest
                    )
                    .tell()
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `while another program has the queue nobody gets in, and when it lets go the gate comes back`()
            async throws
        {
            try await Stage.set(behind: .admittingSSH) { stage in
                let door = sshDoor(openFor: "1m")
                try await stage.flooded { _ in
                    let session = try await stage.withDaemon(door) { daemon in
                        let session = try await Session.open(on: stage)
                        // After a crash the last second's changes may be lost (R12).
                        try await Task.sleep(for: .seconds(1))
                        try await daemon.kill()
                        return session
                    }
                    let foreign = try await stage.server.inside { stage_take_queue(4747) }
                    try #require(foreign >= 0, "\(errorText(-foreign))")
                    let refused = try await stage.server.run(
                        .knockgated,
                        [
                            "--config", stage.path("knockgate.conf"), "--socket", stage.path("control.sock"), "--state",
                            stage.path("state"),
                        ])
                    #expect(refused.status == .exited(1) && refused.errors.contains("is bound to it"), "\(refused)")
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    let leased = stage.client.at("203.0.113.99")
                    try await #expect(leased.finds(.ssh) == .silent, "a lease is worth nothing there")
                    #expect(session.lives)

                    close(foreign)
                    let start = ContinuousClock.now
                    try await stage.withDaemon(door) { daemon in
                        _ = try await stage.recovery()
                        let recovered = start.duration(to: .now)
                        try await #expect(leased.finds(.ssh) == .accepted, "the lease goes on")
                        try await #expect(stage.stranger.finds(.ssh) == .silent)
                        #expect(session.lives)
                        try Fault(
                            injected: "kill -9, and another program binds the queue",
                            lost: "new packets until it lets go; no session, no lease", recovered: recovered
                        ).tell()
                    }
                }
            }
        }
    }
}
