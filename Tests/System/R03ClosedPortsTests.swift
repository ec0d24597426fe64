import KnockCore
import PacketForge
import Testing

extension Stories {
    @Suite struct `R3: protected ports` {
        @Test(.timeLimit(.minutes(1)))
        func `who didn't knock hears nothing, and who did is alone`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, _ in
                try await stage.serves(22)
                try await #expect(stage.client.finds(.ssh) == .silent)
                try await stage.client.knocks(sshKnocks)
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.stranger.finds(.ssh) == .silent)
                try await #expect(
                    stage.client.at("2001:db8::7").finds(.ssh) == .silent, "another address, another source")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `with closed = next, the protected port is refused like its neighbours`() async throws {
            try await Stage.withDaemon(sshDoor(gate: ["closed = next"])) { stage, _ in
                try await stage.serves(22)
                try await #expect(stage.client.finds(.ssh) == .refused)
                try await #expect(stage.client.finds(.tcp(23)) == .refused)
                try await stage.client.knocks(sshKnocks)
                try await #expect(stage.client.finds(.ssh) == .accepted)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `who stands in allow_from needs no knock`() async throws {
            let gate = ["allow_from = 203.0.113.7 2001:db8::7/128"]
            try await Stage.withDaemon(sshDoor(gate: gate)) { stage, daemon in
                try await stage.serves(22)
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.client.at("2001:db8::7").finds(.ssh) == .accepted)
                try await #expect(stage.stranger.finds(.ssh) == .silent)
                try await #expect(stage.stranger.at("2001:db8::8").finds(.ssh) == .silent)
                try await #expect(daemon.status().opened == 0)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `asking at the closed port in mid-visit costs nothing`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, _ in
                try await stage.serves(22)
                for knock in sshKnocks {
                    try await #expect(stage.client.finds(.ssh) == .silent)
                    try await stage.client.knocks(knock)
                }
                try await #expect(stage.client.finds(.ssh) == .accepted)
            }
        }
    }
}
