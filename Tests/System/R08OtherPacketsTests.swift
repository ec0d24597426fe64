import KnockCore
import PacketForge
import Testing

extension Stories {
    @Suite struct `R8: other packets in between` {
        @Test(.timeLimit(.minutes(1)), arguments: [Port.tcp(8080), .udp(8080), .udp(4444), .tcp(2222)])
        func `any of them ends the visit`(port: Port) async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try await stage.serves(22)
                try await stage.client.knocks([sshKnocks[0], port, sshKnocks[1], sshKnocks[2]])
                try await #expect(stage.client.finds(.ssh) == .silent)
                try await #expect(daemon.status().opened == 0)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `ports in ignore don't count`() async throws {
            try await Stage.withDaemon(sshDoor(gate: ["ignore = 80/tcp 443/tcp"])) { stage, _ in
                try await stage.serves(22)
                for knock in sshKnocks { try await stage.client.knocks(.tcp(80), knock, .tcp(443)) }
                try await #expect(stage.client.finds(.ssh) == .accepted)

                for knock in sshKnocks { try await stage.stranger.knocks(.tcp(81), knock, .tcp(443)) }
                try await #expect(stage.stranger.finds(.ssh) == .silent)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `broadcasts don't count, in a network that the machine joins later either`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try await stage.serves(22)
                let client = stage.client
                try await stage.server.ip(["addr add 10.9.8.5/24 dev lan0"])
                try await client.machine.ip(["addr add 10.9.8.7/24 dev eth0", "route add 224.0.0.0/4 dev eth0"])
                for broadcast: Address in ["203.0.113.255", "10.9.8.255", "224.0.0.1"] {
                    let before = try await daemon.status().verdicts.next
                    try await client.knocks(sshKnocks[0], sshKnocks[1])
                    try await client.sends([
                        .ipv4(from: client.address, to: broadcast, .udp(from: 137, to: 137, data: [0]))
                    ])
                    try await daemon.waits(until: "\(broadcast) was heard") { $0.verdicts.next == before + 3 }
                    try await #expect(daemon.status().heard(from: "203.0.113.7") == 2, "after \(broadcast)")
                    try await client.knocks(sshKnocks[2])
                    try await #expect(client.finds(.ssh) == .accepted)
                }
                try await #expect(daemon.status().opened == 3)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `only packets to the target count`() async throws {
            try await Stage.withDaemon(sshDoor(["target = 203.0.113.6"])) { stage, daemon in
                try await stage.serves(22)
                try await stage.client.knocks(sshKnocks)
                try await #expect(stage.client.finds(.ssh) == .silent)
                try await #expect(daemon.status().doors[0].visitsTotal == 0)
                try await stage.client.acts { moment in
                    for knock in sshKnocks {
                        try moment.knock([knock], at: "203.0.113.6")
                        try moment.knock([.unprotected], at: "203.0.113.5")
                    }
                }
                try await #expect(stage.client.finds(.ssh) == .accepted)
            }
        }
    }
}
