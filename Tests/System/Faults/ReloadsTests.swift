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
                    try await reload(300, on: stage)
                    let (before, start) = (try daemon.footprint, ContinuousClock.now)
                    let honest = try await stage.client.visits { try await reload(700, on: stage) }
                    let seconds = Int(start.duration(to: .now) / .seconds(1))
                    let recovered = try await stage.recovery()

                    #expect(honest.answered > 20 && honest.unanswered == 0)
                    try await #expect(holder.finds(.ssh) == .accepted, "the lease of before lives on")
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    #expect(session.lives)
                    let (after, status) = (try daemon.footprint, try await daemon.status())
                    #expect(status.queue.lost == 0)
                    #expect(after.kilobytes <= before.kilobytes + 512, "from \(before.kilobytes) kB")
                    #expect(after.descriptors == before.descriptors)
                    #expect(daemon.log.count < 150 + 12 * (seconds + 5), "a hundred lines each would be thousands")
                    let grown = after.kilobytes - before.kilobytes
                    try Fault(
                        injected: "1,000 reloads in \(seconds) s, every other of a bad file",
                        lost:
                            "nothing; \(honest.answered) of \(honest.answered) got in meanwhile; \(grown) kB more held",
                        recovered: recovered
                    ).tell()
                }
            }
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
