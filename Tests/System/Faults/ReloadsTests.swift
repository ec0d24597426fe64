import KnockCore
import Testing

extension Stories.Faults {
    @Suite struct `A thousand reloads` {
        /// Who got in has to knock again to get in again.
        private static let good = sshDoor(openFor: "1m", ["connections = 1"])
        private static let alsoGood = good + "[door web]\nprotects = 8443/tcp\nsequence = 7000 9000 8000\n"
        private static let bad = "[door ssh]\nprotects = 70000/tcp\n" + String(repeating: "x\n", count: 100)

        /// Good files and bad ones by turns, each of them written first, as fast as the daemon answers.
        @Test(.timeLimit(.minutes(1)))
        func `of good files and bad ones end no lease and keep nobody out`() async throws {
            try await Stage.withDaemon(Self.good, behind: .admittingSSH) { stage, daemon in
                let session = try await Session.open(on: stage)
                let holder = try await stage.crowd(of: 1)[0]
                try await holder.knocks(sshKnocks)
                try await stage.flooded(perSecond: 8000) { _ in
                    _ = try await daemon.settledFootprint
                    let (descriptors, start) = (try daemon.footprint.descriptors, ContinuousClock.now)
                    _ = try await reload(200, daemon)  // The heap finds its size.
                    let before = try await reload(300, daemon)
                    var after = 0
                    let honest = try await stage.client.visits {
                        _ = try await reload(200, daemon)
                        after = try await reload(300, daemon)
                    }
                    let seconds = Int(start.duration(to: .now) / .seconds(1))
                    let recovered = try await stage.recovery()

                    #expect(honest.answered > 20 && honest.unanswered == 0)
                    try await #expect(holder.finds(.ssh) == .accepted, "the lease of before lives on")
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    #expect(session.lives)
                    try await #expect(daemon.status().queue.lost == 0)
                    #expect(after <= before + 512, "kB held")
                    try await daemon.waits(untilItHolds: descriptors)
                    #expect(daemon.log.count < 150 + 12 * (seconds + 5), "a hundred lines each would be thousands")
                    try Fault(
                        injected: "1,000 reloads in \(seconds) s, every other of a bad file",
                        lost:
                            "nothing; \(honest.answered) of \(honest.answered) got in meanwhile; \(before) kB held, and \(after) in the end",
                        recovered: recovered
                    ).tell()
                }
            }
        }

        /// Answers the least memory that the daemon held meanwhile, in kilobytes: how much of the new tables the flood has
        /// touched differs from one reload to the next.
        private func reload(_ count: Int, _ daemon: Daemon) async throws -> Int {
            var least = Int.max
            for _ in 0..<count / 50 {
                try await reload(50, on: daemon.stage)
                least = try min(least, daemon.footprint.kilobytes)
            }
            return least
        }

        private func reload(_ count: Int, on stage: Stage) async throws {
            let path = stage.path("control.sock")
            try await stage.server.inside {
                for number in 0..<count {
                    let isGood = number % 2 == 0
                    try stage.write(
                        isGood ? (number % 4 == 0 ? Self.alsoGood : Self.good) : Self.bad, to: "knockgate.conf")
                    let call = try ControlCall(at: path)
                    call.say(Array("knockgate/1 reload\n".utf8))
                    let answer = call.hear()
                    let expected = isGood ? "done reloaded" : "knockgate.conf:2:12: a port is 1 to 65535, not \"70000\""
                    guard answer.contains(expected) else { throw StageError("reload \(number): \(answer)") }
                }
            }
        }
    }
}
