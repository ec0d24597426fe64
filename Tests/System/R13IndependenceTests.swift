import KnockCore
import Testing

extension Stories {
    @Suite struct `R13: independence` {
        @Test(.timeLimit(.minutes(1)))
        func `two sources that knock in turns both get in`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try await stage.serves(22)
                for knock in sshKnocks {
                    try await stage.client.knocks(knock)
                    try await stage.stranger.knocks(knock)
                }
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.stranger.finds(.ssh) == .accepted)
                try await #expect(daemon.status().opened == 2)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `one source fails again and again while the other knocks and gets in`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try await stage.serves(22)
                for knock in sshKnocks {
                    try await stage.stranger.knocks(sshKnocks[0], .tcp(9999), sshKnocks[2], .udp(1))
                    try await stage.client.knocks(knock)
                    try await stage.stranger.knocks(sshKnocks[1], sshKnocks[0], .udp(1))
                }
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.stranger.finds(.ssh) == .silent)
                try await #expect(daemon.status().opened == 1)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `two doors to one port, and a lease of either admits`() async throws {
            let front = sshDoor(openFor: "1m")
            let back = "[door back]\nprotects = 22/tcp\nsequence = 7000 9000 8000\nopen_for = 1m\n"
            try await Stage.withDaemon(front + back) { stage, daemon in
                try await stage.serves(22)
                try await stage.client.knocks(sshKnocks)
                try await stage.stranger.knocks(.tcp(7000), .tcp(9000), .tcp(8000))
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.stranger.finds(.ssh) == .accepted)
                try await daemon.knockgate("close", "ssh", "203.0.113.7").succeeded()
                try await #expect(stage.client.finds(.ssh) == .silent)
                try await #expect(stage.stranger.finds(.ssh) == .accepted)
            }
        }
    }
}
