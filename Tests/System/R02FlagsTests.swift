import KnockCore
import PacketForge
import Testing

extension Stories {
    @Suite struct `R2: segments that open no connection` {
        /// Those that nmap sends in its stealthier scans, and those that answer.
        private static let wrongFlags: [TCPFlags] = [
            [], .fin, .ack, .rst, [.syn, .ack], [.syn, .fin], [.syn, .rst], [.fin, .psh, .urg], [.rst, .ack],
        ]

        /// Conntrack calls most of them invalid; here they reach the gate all the same.
        private let everything = QueueRule(states: "NEW,INVALID")

        private let door = """
            [door ssh]
            protects = 22/tcp
            sequence = 7000/tcp 9000/tcp 8000/tcp
            """

        @Test(.timeLimit(.minutes(1)), arguments: wrongFlags)
        func `they are no knocks`(flags: TCPFlags) async throws {
            try await Stage.withDaemon(door, behind: .dropping, rule: everything) { stage, daemon in
                let client = stage.client
                try await client.sends([7000, 9000, 8000].map { client.segment(to: $0, flags: flags) })
                try await #expect(client.finds(.ssh) == .silent)
                let status = try await daemon.status()
                #expect(status.opened == 0 && status.heard(from: "203.0.113.7") == 0)
                #expect(status.verdicts.next == 3 && status.malformed == 0, "all three came to the gate")
            }
        }

        @Test(.timeLimit(.minutes(1)), arguments: wrongFlags)
        func `they disturb no visit, and enter no closed port`(flags: TCPFlags) async throws {
            try await Stage.withDaemon(door, behind: .dropping, rule: everything) { stage, daemon in
                let client = stage.client
                try await client.knocks(.tcp(7000))
                try await client.sends([22, 5555, 7000, 8000].map { client.segment(to: $0, flags: flags) })
                try await client.knocks(.tcp(9000), .tcp(8000))
                let status = try await daemon.waits(until: "the door is open") { $0.opened == 1 }
                #expect(status.verdicts.drop == 1 && status.verdicts.accept == 0, "dropped at port 22, and only there")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a door with tcpflags = fin is opened by FINs, where the rule sends them`() async throws {
            try await Stage.withDaemon(door + "\ntcpflags = fin", behind: .dropping, rule: everything) {
                stage, daemon in
                try await stage.serves(22)
                let client = stage.client
                try await client.sends([7000, 9000, 8000].map { client.segment(to: $0, flags: .fin) })
                try await #expect(client.finds(.ssh) == .accepted)
                try await stage.stranger.knocks(.tcp(7000), .tcp(9000), .tcp(8000))
                try await #expect(stage.stranger.finds(.ssh) == .silent)
                try await #expect(daemon.status().opened == 1)
            }
        }
    }
}
