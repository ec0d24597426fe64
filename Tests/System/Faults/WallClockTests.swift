import KnockCore
import Testing

extension Stories.Faults {
    @Suite struct `Wall clock` {
        private typealias Step = WallClock.Step
        private let door = sshDoor(openFor: "10m")

        @Test(.timeLimit(.minutes(1)))
        func `a wall clock that is set while the gate runs moves no lease and no visit`() async throws {
            try await Stage.set { stage in
                try await stage.serves(22)
                let clock = try WallClock(on: stage)
                let kept = try await stage.crowd(of: 2)
                try await stage.withDaemon(sshDoor(openFor: "1s"), environment: clock.environment) { daemon in
                    try await stage.flooded { _ in
                        try stage.opens(to: kept[0])
                        let opened = ContinuousClock.now
                        var slowest = Duration.zero
                        for step in Step.all {
                            try await stage.client.knocks(sshKnocks[0], sshKnocks[1])
                            try await kept[1].knocks(sshKnocks)
                            let start = ContinuousClock.now
                            try clock.set(step)
                            try #expect(clock.isFollowed(by: stage, step), "\(step.words)")
                            try await stage.client.knocks(sshKnocks[2])
                            try await #expect(stage.client.finds(.ssh) == .accepted, "a visit goes on, \(step.words)")
                            slowest = max(slowest, start.duration(to: .now))
                            try await #expect(kept[0].finds(.ssh) == .accepted)
                            try await isLeft(of: kept[0], since: opened, daemon)
                            try await Task.sleep(until: start + .milliseconds(1200))
                            try await #expect(kept[1].finds(.ssh) == .silent, "a lease ends in time, \(step.words)")
                        }
                        try Fault(
                            injected: "the wall clock set \(Step.all.map(\.words).joined(separator: ", "))",
                            lost: "nothing", recovered: slowest
                        ).tell()
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(1)), arguments: WallClock.Step.all, [true, false])
        func `a wall clock that is set while the daemon is down moves no lease within one boot`(
            step: WallClock.Step, isKilled: Bool
        ) async throws {
            try await Stage.set { stage in
                try await stage.serves(22)
                let clock = try WallClock(on: stage)
                try await stage.flooded { _ in
                    var opened = ContinuousClock.now
                    try await stage.withDaemon(door, environment: clock.environment) { daemon in
                        try #expect(clock.isFollowed(by: stage, nil))
                        opened = .now
                        try stage.opens(to: stage.client)
                        if isKilled { try await daemon.kill() }
                    }
                    try clock.set(step)
                    let start = ContinuousClock.now
                    let recovered = try await stage.withDaemon(door, environment: clock.environment) {
                        [opened] daemon in
                        try await #expect(stage.client.finds(.ssh) == .accepted)
                        let recovered = start.duration(to: .now)
                        try await isLeft(of: stage.client, since: opened, daemon)
                        try #expect(clock.isFollowed(by: stage, step))
                        return recovered
                    }
                    try Fault(
                        injected:
                            "the wall clock set \(step.words) while the daemon was down, \(isKilled ? "killed" : "stopped")",
                        lost: "nothing", recovered: recovered
                    ).tell()
                }
            }
        }

        @Test(.timeLimit(.minutes(1)), arguments: WallClock.Step.all)
        func `a wall clock that was set over a boot makes no lease longer than it was`(step: WallClock.Step)
            async throws
        {
            try await Stage.set { stage in
                try await stage.serves(22)
                let clock = try WallClock(on: stage)
                try await stage.flooded { _ in
                    try await stage.withDaemon(door, environment: boot(1, clock)) { _ in
                        _ = stage.ask("open ssh \(stage.client.address) 7200s")
                        _ = stage.ask("open ssh \(stage.stranger.address) 600s")
                    }
                    try clock.set(step)
                    let start = ContinuousClock.now
                    let recovered = try await stage.withDaemon(door, environment: boot(2, clock)) { daemon in
                        try #expect(clock.isFollowed(by: stage, step))
                        let leases = try await daemon.status().doors[0].leases.filter { $0.source != "198.51.100.99" }
                        // An hour is left of two; of all others none, for the clock went back, or beyond their end.
                        #expect(leases.map(\.source) == (step.seconds == 3600 ? ["203.0.113.7"] : []), "\(daemon.log)")
                        #expect(leases.allSatisfy { (3590...3600).contains($0.remaining) }, "\(leases)")
                        _ = try await stage.recovery()
                        return start.duration(to: .now)
                    }
                    let lost =
                        step.seconds < 0
                        ? "the leases: a clock that went back vouches for none" : "the time that it says has passed"
                    try Fault(
                        injected: "the wall clock set \(step.words) over a boot", lost: lost, recovered: recovered
                    ).tell()
                }
            }
        }

        private func boot(_ number: Int, _ clock: WallClock) -> [String: String] {
            clock.environment.merging(["KNOCKGATE_BOOT_ID": String(repeating: "\(number)", count: 32)]) { $1 }
        }

        /// What is left of ten minutes is what the clock that doesn't jump says.
        private func isLeft(of visitor: Visitor, since opened: ContinuousClock.Instant, _ daemon: Daemon) async throws {
            let before = opened.duration(to: .now) / .seconds(1)
            let leases = try await daemon.status().leases(of: "\(visitor.address)")
            let after = opened.duration(to: .now) / .seconds(1)
            #expect(
                leases.count == 1 && leases.allSatisfy { (600 - after - 0.1...600.1 - before).contains($0.remaining) })
        }
    }
}
