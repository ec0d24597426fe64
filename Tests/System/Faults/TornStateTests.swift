import Foundation
import KnockCore
import PacketForge
import Testing

extension Stories.Faults {
    @Suite struct `Torn state` {
        private let door = sshDoor(openFor: "10m", ["connections = 3"])

        @Test(.timeLimit(.minutes(1)))
        func `a leases file that was cut anywhere, or has a wrong bit, keeps no daemon from starting`() async throws {
            try await Stage.set { stage in
                try await stage.serves(22)
                try await stage.flooded { _ in
                    let whole = try await leasesOfADeadDaemon(on: stage)
                    var random = SplitMix64(seed: 6)
                    var (torn, slowest) = (0, Duration.zero)
                    for _ in 0..<16 {
                        let length = Int.random(in: 0...whole.count, using: &random)
                        try await starts(on: stage, with: Array(whole[..<length])) { status in
                            let leases = status.doors[0].leases
                            #expect(leases.allSatisfy { $0.remaining <= 600 && $0.connections <= 2 }, "\(leases)")
                        }
                        var flipped = whole
                        flipped[random.pick(flipped.indices)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                        slowest = max(slowest, try await starts(on: stage, with: flipped) { _ in })
                        torn += 2
                    }
                    try Fault(
                        injected: "\(torn) leases files, cut or with a wrong bit",
                        lost: "the leases of a file that can't be read", recovered: slowest
                    ).tell()
                }
            }
        }

        private func leasesOfADeadDaemon(on stage: Stage) async throws -> [UInt8] {
            try await stage.withDaemon(door) { daemon in
                for number in 0..<20 { _ = stage.ask("open ssh 198.51.100.\(number) 600s") }
                try stage.opens(to: stage.client)
                for _ in 0..<2 { try await #expect(stage.client.finds(.ssh) == .accepted) }
                try await daemon.kill()
            }
            return try Array(Data(contentsOf: URL(fileURLWithPath: stage.path("state/leases"))))
        }

        /// Starts a daemon with this file, and answers how long it took until an honest client was in.
        @discardableResult
        private func starts(on stage: Stage, with leases: [UInt8], _ check: (Status) throws -> Void) async throws
            -> Duration
        {
            try Data(leases).write(to: URL(fileURLWithPath: stage.path("state/leases")))
            let start = ContinuousClock.now
            return try await stage.withDaemon(door) { daemon in
                _ = try await stage.recovery()
                let recovered = start.duration(to: .now)
                try await check(daemon.status())
                try await #expect(stage.stranger.finds(.ssh) == .silent)
                return recovered
            }
        }
    }
}
