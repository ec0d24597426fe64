import KnockCore
import Testing

extension Stories {
    @Suite struct `R6: knock and connect at once` {
        @Test(.timeLimit(.minutes(2)), arguments: [Firewall.rejecting, .resetting, .dropping])
        func `fifty of fifty get in on the first SYN`(firewall: Firewall) async throws {
            try await Stage.withDaemon(sshDoor(), behind: firewall) { stage, daemon in
                try await stage.serves(22)
                let visitors = try await stage.crowd(of: 50)
                var failures: [String] = []
                for visitor in visitors {
                    let connection = try await visitor.acts { moment in
                        try moment.knock(sshKnocks)
                        return try moment.tries(.ssh, patience: .seconds(3))
                    }
                    let isFirstSYN = connection.retransmissions == 0 && connection.duration < .milliseconds(500)
                    guard connection.answer != .accepted || !isFirstSYN else { continue }
                    failures.append("\(visitor.address): \(connection.answer) after \(connection.duration)")
                }
                #expect(failures == [])
                let status = try await daemon.status()
                #expect(status.opened == 50 && status.verdicts.accept == 50)
            }
        }
    }
}
