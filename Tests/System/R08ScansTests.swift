import KnockCore
import Testing

extension Stories {
    @Suite struct `R8: scans` {
        /// In ascending order, so that a scan meets the knocks in their order.
        private let door = """
            [door ssh]
            protects = 22/tcp
            sequence = 7000 8000 9000
            """

        @Test(.timeLimit(.minutes(2)), arguments: [(order: "ascending", ["-r"]), (order: "random", [])])
        func `twenty scans with all knock ports in them open nothing`(order: String, options: [String]) async throws {
            try await Stage.withDaemon(door) { stage, daemon in
                try await stage.serves(22)
                for _ in 1...20 {
                    try await stage.client.machine.run(
                        .nmap, ["-Pn", "-n", "-T5", "--max-retries", "0", "-p", "6900-9100", "203.0.113.5"] + options,
                        within: .seconds(30)
                    ).succeeded()
                    try await #expect(stage.client.finds(.ssh) == .silent)
                }
                let status = try await daemon.status()
                #expect(status.opened == 0)
                #expect(status.verdicts.next >= 20 * 2201, "every port was seen by the gate")
            }
        }
    }
}
