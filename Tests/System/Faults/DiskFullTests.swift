import KnockCore
import Testing

extension Stories.Faults {
    @Suite struct `Disk full` {
        private let door = sshDoor(openFor: "10m")

        @Test(.timeLimit(.minutes(1)))
        func `with a full disk the gate goes on, and the file is whole again as soon as there is room`() async throws {
            try await Stage.set { stage in
                try await stage.serves(22)
                let closed = try await stage.crowd(of: 1)[0]
                try await stage.withDisk(.memory) { disk in
                    try await stage.flooded { _ in
                        try await stage.withDaemon(door) { try await fallsBehind($0, disk, closing: closed) }
                        let recovered = try await stage.withDaemon(door) {
                            try await isWholeAgain($0, disk, closing: closed)
                        }
                        try await stage.withDaemon(door) { _ in
                            try await #expect(
                                stage.client.finds(.ssh) == .accepted, "what was opened meanwhile came back")
                            try await #expect(closed.finds(.ssh) == .silent)
                        }
                        try Fault(
                            injected: "a disk full before, during and after kill -9",
                            lost:
                                "the leases of before the crash, as the log had said; nobody got in by a lease that was closed",
                            recovered: recovered
                        ).tell()
                    }
                }
            }
        }

        /// Fills the disk under a daemon whose file grows, closes a door then, and kills the daemon.
        private func fallsBehind(_ daemon: Daemon, _ disk: Disk, closing closed: Visitor) async throws {
            let stage = daemon.stage
            for visitor in [closed, stage.client] { try stage.opens(to: visitor) }
            disk.fillUp()
            try await eventually("the file has no room to grow") {
                for number in 0..<100 { _ = stage.ask("open ssh 10.9.8.\(number) 600s") }
                return daemon.process.log.contains("No space left on device; until that is mended, leases would not")
            }
            try stage.closes(to: closed)
            try await #expect(closed.finds(.ssh) == .silent)
            try await #expect(stage.client.finds(.ssh) == .accepted, "no one is locked out")
            try await #expect(stage.recovery() < .seconds(1))
            try await Task.sleep(for: .seconds(2))
            let complaints = daemon.log.count { $0.contains("No space left on device") }
            #expect((1...6).contains(complaints), "\(complaints)")
            try await daemon.kill()
        }

        /// Starts on the full disk; answers how long it took from there being room to a file that is whole.
        private func isWholeAgain(_ daemon: Daemon, _ disk: Disk, closing closed: Visitor) async throws -> Duration {
            try await #expect(closed.finds(.ssh) == .silent)
            try await #expect(daemon.stage.recovery() < .seconds(1))
            try await disk.makeRoom()
            let start = ContinuousClock.now
            try await daemon.waits(untilLogSays: "state/leases is up to date again")
            let recovered = start.duration(to: .now)
            #expect(recovered < .seconds(2))
            try await daemon.kill()
            return recovered
        }
    }
}
