import KnockCore
import PacketForge
import Testing

extension Stories.Faults {
    @Suite struct `A thousand control clients` {
        private static let count = 1000

        @Test(.timeLimit(.minutes(1)), arguments: ["", "knockgate/1 sta"])
        func `that say nothing, or half a line, hold up nobody`(words: String) async throws {
            try await Stage.withDaemon(sshDoor(openFor: "1m"), behind: .admittingSSH) { stage, daemon in
                let session = try await Session.open(on: stage)
                ControlCall.makeRoom(for: Self.count)
                try await stage.flooded(perSecond: 8000) { _ in
                    let before = try await daemon.settledFootprint
                    let path = stage.path("control.sock")
                    var calls: [ControlCall] = []
                    let honest = try await stage.client.asks {
                        calls = try await stage.server.inside {
                            try (0..<Self.count).map { _ in
                                let call = try ControlCall(at: path)
                                call.say(Array(words.utf8))
                                return call
                            }
                        }
                        try await expectPrompt(daemon)
                        try await Task.sleep(for: .seconds(1))
                    }
                    #expect(calls.count == Self.count)
                    let recovered = try await stage.recovery()
                    try await expectUnharmed(daemon, since: before, honest)
                    try await expectGuarded(stage, session)
                    let what = words.isEmpty ? "that say nothing" : "that say half a line"
                    try tell("\(Self.count) control clients \(what)", honest, recovered)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `that have a gigabyte to say are heard no longer than a request may be`() async throws {
            try await Stage.withDaemon(sshDoor(openFor: "1m"), behind: .admittingSSH) { stage, daemon in
                let session = try await Session.open(on: stage)
                try await stage.flooded(perSecond: 8000) { _ in
                    let before = try await daemon.settledFootprint
                    let path = stage.path("control.sock")
                    var taken = 0
                    let honest = try await stage.client.asks {
                        taken = try await stage.server.inside { try Self.talk(at: path) }
                        taken += try await withThrowingTaskGroup(of: Int.self) { group in
                            for _ in 0..<4 {
                                group.addTask { try await stage.server.inside { try Self.share(at: path) } }
                            }
                            return try await group.reduce(0, +)
                        }
                        try await expectPrompt(daemon)
                        try await Task.sleep(for: .seconds(1))
                    }
                    #expect(taken < 1 << 29, "half of it and more was never taken")
                    let recovered = try await stage.recovery()
                    try await expectUnharmed(daemon, since: before, honest)
                    try await expectGuarded(stage, session)
                    try tell(
                        "1 control client with 1 GiB to say and \(Self.count) with 1 MiB each; taken: \(taken / 1024) KiB",
                        honest, recovered)
                }
            }
        }

        private static let mebibyte = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)

        /// One who would say it all; answers how many bytes were taken of it.
        private static func talk(at path: String) throws -> Int {
            let call = try ControlCall(at: path)
            return (0..<1024).map { _ in call.say(mebibyte) }.reduce(0, +)
        }

        /// A quarter of those who share it.
        private static func share(at path: String) throws -> Int {
            try (0..<count / 4).map { _ in try ControlCall(at: path).say(mebibyte) }.reduce(0, +)
        }

        private func expectPrompt(_ daemon: Daemon) async throws {
            let asking = try await ContinuousClock().measure { _ = try await daemon.status() }
            #expect(asking < .seconds(5))
        }

        private func expectUnharmed(_ daemon: Daemon, since before: Footprint, _ honest: Calls) async throws {
            #expect(honest.answered > 50 && honest.unanswered == 0)
            #expect(honest.longest < .seconds(1), "on the first SYN")
            try await daemon.waits(untilItHolds: before.descriptors)
            let after = try daemon.footprint
            #expect(after.kilobytes <= before.kilobytes + 256, "from \(before.kilobytes) kB")
            try await #expect(daemon.status().queue.lost == 0)
            #expect(daemon.log.count < 50)
        }

        private func expectGuarded(_ stage: Stage, _ session: Session) async throws {
            #expect(session.lives)
            try await #expect(stage.client.at("203.0.113.99").finds(.ssh) == .accepted, "its lease lives")
            try await #expect(stage.stranger.finds(.ssh) == .silent)
        }

        private func tell(_ injected: String, _ honest: Calls, _ recovered: Duration) throws {
            let longest = Int(honest.longest / .milliseconds(1))
            try Fault(
                injected: injected, lost: "nothing; the longest wait of \(honest.answered) was \(longest) ms",
                recovered: recovered
            ).tell()
        }
    }
}
