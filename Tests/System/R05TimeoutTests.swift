import Glibc
import KnockCore
import Testing

extension Stories {
    @Suite struct `R5: the time for a sequence` {
        @Test(.timeLimit(.minutes(1)), arguments: [(Duration.milliseconds(1700), true), (.milliseconds(2300), false)])
        func `the last knock counts just inside of seq_timeout, not just outside`(
            wait: Duration, opens: Bool
        ) async throws {
            try await Stage.withDaemon(sshDoor(seqTimeout: "2s")) { stage, daemon in
                try await stage.serves(22)
                let (answer, taken) = try await stage.client.acts { moment in
                    let start = ContinuousClock.now
                    try moment.knock(sshKnocks[0], sshKnocks[1])
                    while ContinuousClock.now < start + wait { usleep(1000) }
                    try moment.knock(sshKnocks[2])
                    let taken = start.duration(to: .now)
                    return try (moment.tries(.ssh).answer, taken)
                }
                try #require((taken < .seconds(2)) == opens, "the machine is too busy to measure: \(taken)")
                #expect(answer == (opens ? .accepted : .silent))
                try await #expect(daemon.status().opened == (opens ? 1 : 0))
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a visit that took too long is forgotten, and the next one opens`() async throws {
            try await Stage.withDaemon(sshDoor(seqTimeout: "1s")) { stage, daemon in
                try await stage.client.knocks(sshKnocks[0], sshKnocks[1])
                try await daemon.waits(until: "the visit was heard") { $0.heard(from: "203.0.113.7") == 2 }
                try await daemon.waits(until: "the visit is over") { $0.doors[0].visitsTotal == 0 }
                try await stage.client.knocks(sshKnocks)
                try await daemon.waits(until: "the door is open") { $0.opened == 1 }
            }
        }
    }
}
