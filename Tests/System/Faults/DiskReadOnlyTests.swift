import KnockCore
import Testing

extension Stories.Faults {
    @Suite struct `Disk read-only` {
        private let door = sshDoor(openFor: "10m")

        @Test(.timeLimit(.minutes(1)), arguments: [true, false])
        func `a lease that ended while the disk was read-only doesn't come back with the disk`(isKilled: Bool)
            async throws
        {
            try await Stage.set { stage in
                try await stage.serves(22)
                let closed = try await stage.crowd(of: 1)[0]
                try await stage.withDisk(.file) { disk in
                    try await stage.flooded { _ in
                        // A file that has reached the disk, with the lease in it.
                        try await stage.withDaemon(door) { _ in try stage.opens(to: closed) }
                        try await stage.withDaemon(door) {
                            try await goesOn($0, disk, closing: closed, isKilled: isKilled)
                        }
                        try await stage.withDaemon(door) { _ in
                            try await #expect(closed.finds(.ssh) == .silent, "on a disk that is read-only still")
                            try await #expect(stage.recovery() < .seconds(1))
                        }
                        try await disk.repair()
                        let start = ContinuousClock.now
                        let recovered = try await stage.withDaemon(door) { daemon in
                            _ = try await stage.recovery()
                            let recovered = start.duration(to: .now)
                            try await #expect(closed.finds(.ssh) == .silent, "\(daemon.log)")
                            return recovered
                        }
                        try await stage.withDaemon(door) { daemon in
                            try await #expect(
                                stage.client.finds(.ssh) == .accepted, "leases are kept again: \(daemon.log)")
                        }
                        try Fault(
                            injected:
                                "a disk that turns read-only, a daemon \(isKilled ? "killed" : "stopped") and started "
                                + "on it, and its repair",
                            lost: "the leases of before, as the log says; nobody got in by a lease that was closed",
                            recovered: recovered
                        ).tell()
                    }
                }
            }
        }

        private func goesOn(_ daemon: Daemon, _ disk: Disk, closing closed: Visitor, isKilled: Bool) async throws {
            let stage = daemon.stage
            try await #expect(closed.finds(.ssh) == .accepted)
            try await disk.breakDown()
            try stage.closes(to: closed)
            try await #expect(closed.finds(.ssh) == .silent)
            try await #expect(stage.recovery() < .seconds(1), "doors go on opening")
            try await Task.sleep(for: .seconds(2))
            let complaints = daemon.log.filter {
                $0.contains("until that is mended, leases would not outlive this daemon")
            }
            #expect(complaints.count == 1 && complaints[0].contains("Read-only file system"), "\(complaints)")
            if isKilled { try await daemon.kill() }
        }
    }
}
