import Subprocess
import Testing

extension Stories {
    @Suite struct `A second daemon` {
        @Test(.timeLimit(.minutes(1)))
        func `is told that the queue is taken`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                let second = try await stage.server.run(
                    .knockgated,
                    [
                        "--config", stage.path("knockgate.conf"), "--socket", stage.path("second.sock"), "--state",
                        stage.path("second"),
                    ])
                #expect(second.status == .exited(1), "\(second)")
                #expect(second.errors.contains("4747"), "\(second)")
                try await expectUnharmed(daemon)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `is told that the state directory is taken`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                let second = try await stage.server.run(
                    .knockgated,
                    [
                        "--config", stage.path("knockgate.conf"), "--socket", stage.path("second.sock"), "--state",
                        stage.path("state"),
                    ])
                #expect(second.status == .exited(1), "\(second)")
                #expect(second.errors.contains(stage.path("state")), "\(second)")
                try await expectUnharmed(daemon)
            }
        }

        /// The first daemon still has the queue, and hears what comes.
        private func expectUnharmed(_ daemon: Daemon) async throws {
            try await daemon.stage.client.knocks(sshKnocks)
            let status = try await daemon.waits(until: "the first daemon opens its door") { $0.opened == 1 }
            #expect(status.queue.bound && status.pid == daemon.process.pid)
        }
    }
}
