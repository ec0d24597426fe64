import KnockCore
import Testing

extension Stories.Faults {
    @Suite struct `No fault` {
        @Test(.timeLimit(.minutes(1)))
        func `a flood of noise alone costs an honest client nothing`() async throws {
            try await Stage.withDaemon(sshDoor(), behind: .resetting) { stage, daemon in
                try await stage.serves(22)
                try await stage.flooded { flood in
                    let recovered = try await stage.recovery()
                    #expect(recovered < .seconds(1))
                    try await daemon.waits(until: "noise was judged") { $0.verdicts.total > 2000 }
                    let status = try await daemon.status()
                    #expect(status.queue.lost == 0 && status.malformed == 0)
                    try Fault(injected: "nothing but the flood", lost: "nothing", recovered: recovered).tell()
                }
            }
        }
    }
}
