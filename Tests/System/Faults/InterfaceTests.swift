import KnockCore
import PacketForge
import Subprocess
import Testing

extension Stories.Faults {
    /// Somebody knocks all the time, from an address of their own.
    @Suite struct `An interface that comes and goes` {
        /// What waits in the queue when its interface goes down is dropped by the kernel; the daemon's answers find nothing.
        @Test(.timeLimit(.minutes(1)))
        func `goes down with packets in the queue, and comes up again`() async throws {
            try await play { stage, daemon in
                try daemon.process.send(.suspend)
                try await eventually("packets wait") { try await stage.server.queueRow().waiting > 500 }
                try await stage.server.ip(["link set lan0 down"])
                try await #expect(stage.server.queueRow().waiting == 0)
                try daemon.process.send(.resume)
                try await Task.sleep(for: .seconds(1))
                try await stage.server.ip(["link set lan0 up"] + Self.whatGoesWithTheLink)
                return "the interface goes down for 1 s with packets in the queue"
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `is deleted and made anew`() async throws {
            try await play { stage, _ in
                try await stage.server.ip(["link del lan0"])
                try await Task.sleep(for: .milliseconds(500))
                try await stage.server.ip(
                    [
                        "link add lan0 type bridge", "link set lan0 up", "link set port0 master lan0",
                        "link set port1 master lan0", "addr add 203.0.113.5/24 dev lan0",
                    ] + Self.whatGoesWithTheLink)
                return "the interface is deleted and made anew"
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `loses its addresses and gets them again, IPv4 and IPv6`() async throws {
            try await play { stage, _ in
                for _ in 0..<20 {
                    try await stage.server.ip([
                        "addr flush dev lan0", "addr add 203.0.113.5/24 dev lan0",
                        "addr add 2001:db8::5/64 dev lan0 nodad", "route add default via 203.0.113.7",
                    ])
                }
                return "all addresses are taken away and given back, 20 times"
            }
        }

        private static let whatGoesWithTheLink = [
            "addr add 2001:db8::5/64 dev lan0 nodad", "route add default via 203.0.113.7",
        ]

        private func play(_ fault: @escaping @Sendable (Stage, Daemon) async throws -> String) async throws {
            try await Stage.withDaemon(sshDoor(openFor: "1m"), behind: .admittingSSH) { stage, daemon in
                let session = try await Session.open(on: stage)
                let knocking = try await stage.crowd(of: 1)[0]
                try await stage.flooded { _ in
                    try await knocking.knocks {
                        let injected = try await fault(stage, daemon)
                        let recovered = try await stage.recovery()
                        #expect(session.lives)
                        try await #expect(stage.client.at("203.0.113.99").finds(.ssh) == .accepted, "its lease lives")
                        try await #expect(stage.stranger.finds(.ssh) == .silent)
                        let six = stage.client.at("2001:db8::7")
                        try await six.knocks(sshKnocks)
                        try await eventually("the client gets in by IPv6") {
                            try await six.finds(.ssh) == .accepted
                        }
                        #expect(try await daemon.status().queue.bound)
                        try Fault(
                            injected: injected, lost: "what was sent meanwhile; no session, no lease",
                            recovered: recovered
                        ).tell()
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `is given another network, and its broadcasts count as such from then on, and no longer than that`()
            async throws
        {
            try await Stage.withDaemon(sshDoor(openFor: "1m"), behind: .admittingSSH) { stage, daemon in
                try await stage.serves(22)
                try await stage.flooded { _ in
                    try await stage.server.ip(["addr flush dev lan0", "addr add 203.0.113.5/25 dev lan0"])
                    try await stage.client.machine.ip(["addr flush dev eth0", "addr add 203.0.113.7/25 dev eth0"])
                    try await #expect(
                        opens(stage, daemon, after: "203.0.113.127"), "it is the network's broadcast address")

                    try await stage.server.ip([
                        "addr flush dev lan0", "addr add 203.0.113.5/24 dev lan0", "addr add 203.0.113.127/32 dev lan0",
                    ])
                    try await stage.client.machine.ip(["addr flush dev eth0", "addr add 203.0.113.7/24 dev eth0"])
                    try await #expect(opens(stage, daemon, after: "203.0.113.255"))
                    // The first packet there waits until the address is found, and may come too late.
                    try await eventually("it is the machine's own now, and ends the visit") {
                        try await !opens(stage, daemon, after: "203.0.113.127")
                    }
                    try await stage.server.ip(["route add default via 203.0.113.7"])
                    try await Fault(
                        injected: "the network becomes a /25 and a /24 again", lost: "nothing",
                        recovered: stage.recovery()
                    ).tell()
                }
            }
        }

        /// Whether the door opens by knocks with a packet to this address among them; it is closed again then.
        private func opens(_ stage: Stage, _ daemon: Daemon, after address: Address) async throws -> Bool {
            let client = stage.client
            try await client.knocks(sshKnocks[0], sshKnocks[1])
            try await client.sends([.ipv4(from: client.address, to: address, .udp(from: 137, to: 137, data: [0]))])
            try await client.knocks(sshKnocks[2])
            guard try await client.finds(.ssh) == .accepted else { return false }
            try await daemon.knockgate("close", "ssh", "203.0.113.7").succeeded()
            return true
        }
    }
}
