import KnockCore
import PacketForge
import Testing

extension Stories {
    @Suite struct `R6: IPv6` {
        @Test(.timeLimit(.minutes(1)), arguments: [Firewall.rejecting, .resetting, .dropping])
        func `the same sequence opens the same door`(firewall: Firewall) async throws {
            try await Stage.withDaemon(sshDoor(), behind: firewall) { stage, daemon in
                try await stage.serves(22)
                let (client, stranger) = (stage.client.at("2001:db8::7"), stage.stranger.at("2001:db8::8"))
                try await #expect(client.finds(.ssh) == .silent)
                let connection = try await client.acts { moment in
                    try moment.knock(sshKnocks)
                    return try moment.tries(.ssh, patience: .seconds(3))
                }
                #expect(connection.answer == .accepted && connection.retransmissions == 0)
                try await #expect(stranger.finds(.ssh) == .silent)
                try await #expect(daemon.status().leases(of: "2001:db8::7").count == 1)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a knock behind extension headers is a knock`() async throws {
            let chains: [[Forged.Extension]] = [
                [.hopByHop, .destinationOptions],
                [.hopByHop, .destinationOptions, .routing, .destinationOptions],
                [.fragment(offset: 0, more: false), .destinationOptions],
            ]
            let payloads: [Forged.Payload] = [
                .udp(from: 40_000, to: 2222), .tcp(from: 40_000, to: 3333), .udp(from: 40_000, to: 4444),
            ]
            try await Stage.withDaemon(sshDoor()) { stage, _ in
                try await stage.serves(22)
                let client = stage.client.at("2001:db8::7")
                try await client.sends(
                    zip(payloads, chains).map { payload, chain in
                        .ipv6(from: client.address, to: client.server, payload, extensions: chain)
                    })
                try await #expect(client.finds(.ssh) == .accepted)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `with ipv6_source_prefix = 64, a subnet is one source`() async throws {
            try await Stage.withDaemon(sshDoor(gate: ["ipv6_source_prefix = 64"])) { stage, daemon in
                try await stage.serves(22)
                try await stage.client.at("2001:db8::7").knocks(sshKnocks)
                try await #expect(stage.stranger.at("2001:db8::8").finds(.ssh) == .accepted)
                try await #expect(stage.client.finds(.ssh) == .silent, "IPv4 is another source")
                try await #expect(daemon.status().leases(of: "2001:db8::/64").count == 1)
            }
        }
    }
}
