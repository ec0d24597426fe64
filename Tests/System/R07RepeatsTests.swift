import KnockCore
import Testing

extension Stories {
    @Suite struct `R7: repeats` {
        private let door = """
            [door ssh]
            protects = 22/tcp
            sequence = 7000 9000 8000
            """

        @Test(.timeLimit(.minutes(1)))
        func `a SYN of each knock that the kernel sends again changes nothing`() async throws {
            try await Stage.withDaemon(door, behind: .dropping) { stage, daemon in
                try await stage.serves(22)
                for knock: UInt16 in [7000, 9000, 8000] {
                    let before = try await daemon.status().verdicts.next
                    let connection = try await stage.client.tries(.tcp(knock), patience: .milliseconds(1500))
                    #expect(connection.answer == .silent && connection.retransmissions == 1)
                    try await daemon.waits(until: "the knock came twice") { $0.verdicts.next == before + 2 }
                }
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(daemon.status().opened == 1)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `each knock twice, and earlier ones once more, still open`() async throws {
            try await Stage.withDaemon(door) { stage, daemon in
                try await stage.serves(22)
                let client = stage.client
                try await client.sends(
                    [7000, 7000, 9000, 9000, 7000, 7000, 9000, 9000, 8000, 8000].map { client.segment(to: $0) })
                try await #expect(client.finds(.ssh) == .accepted)
                try await #expect(daemon.status().opened == 1)
            }
        }
    }
}
