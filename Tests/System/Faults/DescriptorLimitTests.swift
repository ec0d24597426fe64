import Foundation
import KnockCore
import PacketForge
import Testing

extension Stories.Faults {
    @Suite struct `Descriptor limit` {
        @Test(.timeLimit(.minutes(1)))
        func `when clients have eaten its descriptors the gate goes on, and takes clients again when they have left`()
            async throws
        {
            try await Stage.set { stage in
                try await stage.serves(22)
                try await stage.withDaemon(sshDoor(openFor: "10m")) { daemon in
                    try await limitDescriptors(of: daemon)
                    try await stage.flooded { _ in
                        let clients = try (0..<20).map { _ in try Idler(at: stage.path("control.sock")) }
                        try await daemon.waits(untilLogSays: "Too many open files")
                        try await #expect(stage.recovery() < .seconds(1))
                        try await knowsItsBroadcasts(stage)
                        try await Task.sleep(for: .seconds(3))
                        let complaints = daemon.log.count { $0.contains("Too many open files") }
                        #expect(complaints < 12, "\(complaints) lines in some four seconds")
                        clients.forEach { $0.leave() }
                        let start = ContinuousClock.now
                        try await eventually("a client is heard") { stage.ask("close ssh 198.51.100.1") != nil }
                        let recovered = start.duration(to: .now)
                        #expect(stage.ask("reload")?.hasPrefix("done ") == true)
                        try await isOnFile(daemon)
                        try Fault(
                            injected: "no descriptor left, and 20 clients that ask for one",
                            lost: "the clients' requests",
                            recovered: recovered
                        ).tell()
                    }
                }
            }
        }

        /// Leaves the daemon four descriptors more than it holds by itself.
        private func limitDescriptors(of daemon: Daemon) async throws {
            let held = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.process.pid)/fd").count
            try await Program(name: "prlimit", package: "util-linux")
                .run(["--pid", "\(daemon.process.pid)", "--nofile=\(held + 4)"]).succeeded()
        }

        /// An address comes while there is no descriptor to ask for all of them by: what is for everybody ends no visit (R8).
        private func knowsItsBroadcasts(_ stage: Stage) async throws {
            try await stage.server.ip(["addr add 203.0.113.9/32 dev lan0"])
            try await Task.sleep(for: .milliseconds(100))
            let visitor = try await stage.crowd(of: 1)[0]
            try await visitor.knocks(sshKnocks[0], sshKnocks[1])
            try await visitor.sends([
                .ipv4(from: visitor.address, to: "203.0.113.255", .udp(from: 40_000, to: 137, data: []))
            ])
            try await visitor.knocks(sshKnocks[2])
            try await #expect(visitor.finds(.ssh) == .accepted)
        }

        private func isOnFile(_ daemon: Daemon) async throws {
            let stage = daemon.stage
            try await eventually("the lease is on file") {
                try stage.contents(of: "state/leases").contains("open ssh \(stage.client.address) ")
            }
        }
    }
}
