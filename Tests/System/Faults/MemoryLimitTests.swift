import KnockCore
import PacketForge
import Testing

extension Stories.Faults {
    @Suite struct `Memory limit` {
        private let door = sshDoor(seqTimeout: "1m", openFor: "10m", gate: ["visits = 65536"])

        @Test(.timeLimit(.minutes(1)))
        func `within the memory of full tables it goes on, and with less it is killed, closed and back`() async throws {
            try await Stage.set { stage in
                try await stage.serves(22)
                try await stage.withMemoryGroup { group in
                    try await stage.flooded { _ in
                        let (idle, full) = try await measures(group, on: stage)
                        try group.limit(to: full + full / 8)
                        try await goesOn(group, on: stage)
                        try group.limit(to: idle + (full - idle) / 2)
                        let recovered = try await diesAndComesBack(group, on: stage)
                        try Fault(
                            injected: "a memory limit of \(Self.kibibytes(full + full / 8)) KiB, with tables full at "
                                + "\(Self.kibibytes(full)) KiB; then one of \(Self.kibibytes(idle + (full - idle) / 2)) KiB",
                            lost: "nothing within the first; under the second the visits, with the daemon",
                            recovered: recovered
                        ).tell()
                    }
                }
            }
        }

        private static func kibibytes(_ bytes: Int) -> Int { bytes >> 10 }

        /// How much a daemon takes when it starts, and when its tables are full.
        private func measures(_ group: MemoryGroup, on stage: Stage) async throws -> (idle: Int, full: Int) {
            try await stage.withDaemon(door, in: group) { daemon in
                let idle = try group.used
                try await fillsVisits(of: daemon)
                return try (idle, group.used)
            }
        }

        private func fillsVisits(of daemon: Daemon) async throws {
            let first = ForgedKnock(port: 2222)
            try await daemon.stage.client.acts { moment in
                try moment.send((0x20000..<0x20000 + 70_000).map(first.from), perSecond: 40_000)
            }
            try await daemon.waits(until: "the table is full") { $0.doors[0].visitsTotal == 65_536 }
        }

        private func goesOn(_ group: MemoryGroup, on stage: Stage) async throws {
            try await stage.withDaemon(door, in: group) { daemon in
                try await fillsVisits(of: daemon)
                try await #expect(stage.recovery() < .seconds(1))
                try #expect(group.kills == 0)
            }
        }

        /// A daemon that has less than its tables need; answers how long it took from its death until the next lets in.
        private func diesAndComesBack(_ group: MemoryGroup, on stage: Stage) async throws -> Duration {
            try await stage.withDaemon(door, in: group) { daemon in
                let kept = try await stage.crowd(of: 1)[0]
                try stage.opens(to: kept)
                await #expect(throws: (any Error).self) { try await fillsVisits(of: daemon) }
                try #expect(group.kills == 1 && daemon.process.log.isOver)
                for visitor in [stage.client, kept] { try await #expect(visitor.finds(.ssh) == .silent, "it's closed") }
            }
            let start = ContinuousClock.now
            return try await stage.withDaemon(door, in: group) { _ in
                try await #expect(stage.client.at("203.0.113.100").finds(.ssh) == .accepted, "leases go on")
                _ = try await stage.recovery()
                return start.duration(to: .now)
            }
        }
    }
}
