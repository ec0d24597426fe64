import Foundation
import KnockCore
import Testing

extension Stories.Faults {
    @Suite struct `State directory taken away` {
        private let door = sshDoor(openFor: "10m")

        @Test(.timeLimit(.minutes(1)))
        func `when somebody has removed the leases file it is there again in a second`() async throws {
            try await Stage.withDaemon(door) { stage, daemon in
                try await stage.serves(22)
                let closed = try await stage.crowd(of: 1)[0]
                try await stage.flooded { _ in
                    for visitor in [closed, stage.client] { try stage.opens(to: visitor) }
                    try FileManager.default.removeItem(atPath: stage.path("state/leases"))
                    try FileManager.default.removeItem(atPath: stage.path("state/lock"))
                    let start = ContinuousClock.now
                    try stage.closes(to: closed)
                    try await eventually("the file is there again") {
                        FileManager.default.fileExists(atPath: stage.path("state/leases"))
                    }
                    let recovered = start.duration(to: .now)
                    try await #expect(stage.recovery() < .seconds(1))
                    try await daemon.kill()
                    try await leasesCameBack(on: stage, but: closed)
                    try Fault(injected: "the leases file removed", lost: "nothing", recovered: recovered).tell()
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `when the state directory is back where it was, so are the leases`() async throws {
            try await Stage.withDaemon(door) { stage, daemon in
                try await stage.serves(22)
                let closed = try await stage.crowd(of: 1)[0]
                let (state, elsewhere) = (stage.path("state"), stage.path("elsewhere"))
                try await stage.flooded { _ in
                    for visitor in [closed, stage.client] { try stage.opens(to: visitor) }
                    try FileManager.default.moveItem(atPath: state, toPath: elsewhere)
                    try stage.closes(to: closed)
                    try await daemon.waits(
                        untilLogSays: "No such file or directory; until that is mended, leases would not")
                    try await #expect(stage.recovery() < .seconds(1))
                    try await #expect(closed.finds(.ssh) == .silent)
                    try FileManager.default.moveItem(atPath: elsewhere, toPath: state)
                    let start = ContinuousClock.now
                    try await daemon.waits(untilLogSays: "state/leases is up to date again")
                    let recovered = start.duration(to: .now)
                    try await daemon.kill()
                    try await leasesCameBack(on: stage, but: closed)
                    try Fault(
                        injected: "the state directory moved away and back", lost: "nothing", recovered: recovered
                    )
                    .tell()
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a state directory that was moved away brings no lease back that ended meanwhile`() async throws {
            try await Stage.withDaemon(door) { stage, daemon in
                try await stage.serves(22)
                let closed = try await stage.crowd(of: 1)[0]
                let (state, elsewhere) = (stage.path("state"), stage.path("elsewhere"))
                try await stage.flooded { _ in
                    for visitor in [closed, stage.client] { try stage.opens(to: visitor) }
                    try FileManager.default.moveItem(atPath: state, toPath: elsewhere)
                    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
                    // A door that opens has the daemon look after its file, in a second.
                    try await stage.client.knocks(sshKnocks)
                    try await eventually("the old file is worth nothing") {
                        try stage.contents(of: "elsewhere/leases").isEmpty
                    }
                    try stage.closes(to: closed)
                    try await daemon.kill()
                    try FileManager.default.removeItem(atPath: state)
                    try FileManager.default.moveItem(atPath: elsewhere, toPath: state)
                    let start = ContinuousClock.now
                    let recovered = try await stage.withDaemon(door) { _ in
                        _ = try await stage.recovery()
                        let recovered = start.duration(to: .now)
                        try await #expect(closed.finds(.ssh) == .silent)
                        return recovered
                    }
                    try Fault(
                        injected:
                            "another state directory in the place of the old one, which came back after a kill -9",
                        lost: "the leases; nobody got in by one that was closed", recovered: recovered
                    ).tell()
                }
            }
        }

        private func leasesCameBack(on stage: Stage, but closed: Visitor) async throws {
            try await stage.withDaemon(door) { _ in
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(closed.finds(.ssh) == .silent)
            }
        }
    }
}
