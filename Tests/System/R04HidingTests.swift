import KnockCore
import Testing

extension Stories {
    @Suite struct `R4: hiding` {
        @Test(.timeLimit(.minutes(1)), arguments: [Firewall.rejecting, .resetting, .dropping])
        func `each knock of a sequence is answered like any closed port`(firewall: Firewall) async throws {
            try await Stage.withDaemon(sshDoor(), behind: firewall) { stage, daemon in
                for (heard, knock) in sshKnocks.enumerated() {
                    let neighbour = Port(knock.number + 1, knock.transport)
                    let expected = try await stage.stranger.finds(neighbour)
                    #expect(expected == (firewall == .dropping ? .silent : .refused))
                    try await #expect(stage.client.finds(knock) == expected)
                    try await #expect(daemon.status().heard(from: "203.0.113.7") == (heard + 1) % sshKnocks.count)
                }
                try await #expect(daemon.status().opened == 1)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `with otherwise = drop, everything is silent`() async throws {
            try await Stage.withDaemon(sshDoor(gate: ["otherwise = drop"])) { stage, daemon in
                for port in [Port.unprotected, .tcp(3333), .udp(2222), .ssh] {
                    try await #expect(stage.client.finds(port) == .silent)
                }
                try await #expect(daemon.status().verdicts.drop == 4)
            }
        }
    }
}
