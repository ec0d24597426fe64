import KnockCore
import Subprocess
import Testing

extension Stories.Faults {
    @Suite struct `A daemon that is stopped` {
        /// The stop takes longer than the short lease, the visit, and the queue's room for the flood.
        @Test(.timeLimit(.minutes(1)))
        func `after five seconds it goes on, and what ended meanwhile has ended`() async throws {
            let door = sshDoor(seqTimeout: "3s", openFor: "3s")
            try await Stage.withDaemon(door, behind: .admittingSSH) { stage, daemon in
                let session = try await Session.open(on: stage)
                let visitors = try await stage.crowd(of: 3)
                let (brief, lasting, knocking) = (visitors[0], visitors[1], visitors[2])
                try await stage.flooded { flood in
                    try await daemon.knockgate("open", "ssh", "203.0.113.101", "--for", "1m").succeeded()
                    try await knocking.knocks(sshKnocks[0], sshKnocks[1])
                    try await brief.knocks(sshKnocks)
                    try await #expect(brief.finds(.ssh) == .accepted)
                    try await daemon.waits(until: "two knocks are heard") { $0.heard(from: "203.0.113.102") == 2 }

                    let before = try await daemon.status()
                    try daemon.process.send(.suspend)
                    async let late = brief.tries(.ssh, patience: .seconds(8))
                    async let inTime = lasting.tries(.ssh, patience: .seconds(8))
                    try await Task.sleep(for: .milliseconds(500))
                    try await knocking.knocks(sshKnocks[2])
                    try await Task.sleep(for: .milliseconds(4500))
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    #expect(session.lives)

                    try daemon.process.send(.resume)
                    let recovered = try await stage.recovery()
                    let answers = try await (late.answer, inTime.answer)
                    #expect(answers.0 == .silent, "the lease was over when its packet was looked at")
                    #expect(answers.1 == .accepted, "the packet waited")
                    try await #expect(
                        knocking.finds(.ssh) == .silent, "the visit was over when its last knock was heard")
                    let status = try await daemon.status()
                    #expect(status.opened == before.opened + 1, "only for who has knocked since")
                    #expect(status.leases(of: "203.0.113.100").isEmpty)
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    #expect(session.lives)
                    try Fault(
                        injected: "SIGSTOP for 5 s", lost: "\(status.queue.lost) new packets, all counted; no session",
                        recovered: recovered
                    ).tell()
                }
            }
        }
    }
}
