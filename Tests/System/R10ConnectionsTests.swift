import KnockCore
import Testing

extension Stories {
    @Suite struct `R10: counted connections` {
        @Test(.timeLimit(.minutes(1)))
        func `with connections = 1, one gets in and the next doesn't`() async throws {
            try await Stage.withDaemon(sshDoor(["connections = 1"])) { stage, _ in
                let listener = try await stage.serves(22)
                try await stage.client.knocks(sshKnocks)
                let session = try await stage.client.tries(.ssh)
                #expect(session.answer == .accepted)
                let other = try await listener.accept()
                try await #expect(stage.client.finds(.ssh) == .silent)
                session.write("still here?")
                #expect(other.read() == "still here?")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a SYN sent again because its answer was lost isn't counted again`() async throws {
            try await Stage.withDaemon(sshDoor(openFor: "30s", ["connections = 1"])) { stage, daemon in
                try await stage.serves(22)
                try await stage.client.knocks(sshKnocks)
                try await stage.server.run(.iptables, loseAnswers("-I")).succeeded()
                async let attempt = stage.client.tries(.ssh, patience: .seconds(8))
                try await daemon.waits(until: "the SYN was accepted twice") { $0.verdicts.accept >= 2 }
                try await stage.server.run(.iptables, loseAnswers("-D")).succeeded()
                let connection = try await attempt
                #expect(connection.answer == .accepted && connection.retransmissions > 0)
                try await #expect(stage.client.finds(.ssh) == .silent)
            }
        }

        /// Loses the server's SYN-ACKs before conntrack sees them.
        private func loseAnswers(_ action: String) -> [String] {
            [
                "-t", "raw", action, "OUTPUT", "-p", "tcp", "--sport", "22", "--tcp-flags", "SYN,ACK", "SYN,ACK", "-j",
                "DROP",
            ]
        }
    }
}
