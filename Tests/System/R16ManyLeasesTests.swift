import KnockCore
import PacketForge
import Testing

extension Stories {
    @Suite struct `R16: many open doors` {
        @Test(.timeLimit(.minutes(1)))
        func `with 5,000 leases open, status and verdicts are prompt`() async throws {
            let door = """
                [door ssh]
                protects = 22/tcp
                sequence = 2222/udp 4444/udp 3333/udp
                open_for = 10m
                """
            try await Stage.withDaemon(door) { stage, daemon in
                try await stage.serves(22)
                let knocks: [UInt16] = [2222, 4444, 3333]
                try await stage.stranger.acts { moment in
                    for knock in knocks.map(ForgedKnock.init) {
                        try moment.send((0..<5000).map(knock.from), perSecond: 20_000)
                    }
                }
                try await daemon.waits(until: "5,000 doors are open") {
                    $0.opened == 5000 && $0.doors[0].leasesTotal == 5000
                }

                let clock = ContinuousClock()
                let asking = try await clock.measure { _ = try await daemon.status() }
                #expect(asking < .seconds(1))
                let connection = try await stage.client.acts { moment in
                    try moment.knock(knocks.map(Port.udp))
                    return try moment.tries(.ssh)
                }
                #expect(connection.answer == .accepted && connection.duration < .milliseconds(100))
                let slowest = try await stage.client.acts { moment in
                    try (1...100).map { _ in try moment.tries(.unprotected).duration }.max()
                }
                #expect(try #require(slowest) < .milliseconds(100))
                try await daemon.waits(untilLogSays: "more events were left out of the log")
                #expect(daemon.log.count < 300, "a line for each opening would fill the disk")
            }
        }
    }
}
