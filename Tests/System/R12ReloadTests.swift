import KnockCore
import Subprocess
import Testing

extension Stories {
    @Suite struct `R12: reload` {
        private let web = """
            [door web]
            protects = 8080/tcp
            sequence = 7000 9000 8000
            """

        @Test(.timeLimit(.minutes(1)))
        func `a good file is taken up in mid-visit, and the visit and the leases go on`() async throws {
            try await Stage.withDaemon(sshDoor(openFor: "1m")) { stage, daemon in
                try await stage.serves(22)
                try await stage.serves(8080)
                try await stage.stranger.knocks(sshKnocks)
                try await stage.client.knocks(sshKnocks[0], sshKnocks[1])
                try await #expect(stage.client.finds(.unprotected) == .refused)
                try await stage.client.knocks(sshKnocks[0], sshKnocks[1])

                try stage.write(web + "\n" + sshDoor(openFor: "1m"), to: "knockgate.conf")
                try await daemon.knockgate("reload").succeeded()
                try await stage.client.knocks(sshKnocks[2])
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.stranger.finds(.ssh) == .accepted)
                try await #expect(stage.client.finds(.unprotected) == .silent, "the new door protects it")
                try await stage.client.knocks(.tcp(7000), .tcp(9000), .tcp(8000))
                try await #expect(stage.client.finds(.unprotected) == .accepted)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a bad file changes nothing and says why`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try await stage.serves(22)
                try await stage.client.knocks(sshKnocks[0], sshKnocks[1])
                try stage.write("[door ssh]\nprotects = 70000/tcp\n", to: "knockgate.conf")
                let refused = try await daemon.knockgate("reload")
                #expect(refused.status == .exited(1) && refused.errors.contains("knockgate.conf:2:12"), "\(refused)")
                try daemon.process.send(.terminalClosed)
                try await daemon.waits(untilLogSays: "knockgate.conf:2:12")
                try await stage.client.knocks(sshKnocks[2])
                try await #expect(stage.client.finds(.ssh) == .accepted)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `another mark is refused, for the rule in force knows the old one only`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try stage.write("[gate]\nmark = 0x2000\n" + sshDoor(), to: "knockgate.conf")
                let refused = try await daemon.knockgate("reload")
                #expect(refused.status == .exited(1) && refused.errors.contains("the mark"), "\(refused)")
                try await #expect(stage.client.finds(.unprotected) == .refused, "packets still go round once")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `SIGHUP reloads as the command does`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try stage.write(web, to: "knockgate.conf")
                try daemon.process.send(.terminalClosed)
                try await daemon.waits(until: "the new file is in force") { $0.doors.map(\.name) == ["web"] }
                try await daemon.waits(untilLogSays: "no door protects any more: 22/tcp")
            }
        }
    }
}
