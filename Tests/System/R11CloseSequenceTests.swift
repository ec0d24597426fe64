import KnockCore
import Testing

extension Stories {
    @Suite struct `R11: the closing sequence` {
        @Test(.timeLimit(.minutes(1)))
        func `it ends the lease of who knocked it, and of nobody else`() async throws {
            let door = sshDoor(openFor: "1m", ["close_sequence = 4444/udp 3333/tcp 2222/udp"])
            try await Stage.withDaemon(door) { stage, daemon in
                try await stage.serves(22)
                for visitor in [stage.client, stage.stranger] {
                    try await visitor.knocks(sshKnocks)
                    try await #expect(visitor.finds(.ssh) == .accepted)
                }
                try await stage.client.knocks(sshKnocks.reversed())
                try await #expect(stage.client.finds(.ssh) == .silent)
                try await #expect(stage.stranger.finds(.ssh) == .accepted)
                try await daemon.waits(untilLogSays: "door ssh closed for 203.0.113.7")
                let status = try await daemon.status()
                #expect(status.doors[0].leases.map(\.source) == ["203.0.113.8"])
            }
        }
    }
}
