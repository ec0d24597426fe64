import Foundation
import KnockCore
import PacketForge
import Subprocess
import Testing

extension Stories.Faults {
    @Suite struct `Very many doors` {
        /// 4,096 is as many as there can be. SSH's is the last.
        @Test(.timeLimit(.minutes(1)))
        func `4,096 doors are taken up under load, and the last of them opens`() async throws {
            let most = Self.doors(4095) + sshDoor(openFor: "1m").replacing("[gate]\n", with: "")
            try await Stage.withDaemon(sshDoor(openFor: "1m"), behind: .admittingSSH) { stage, daemon in
                let session = try await Session.open(on: stage)
                try await stage.flooded { _ in
                    try stage.write(most, to: "knockgate.conf")
                    try await stage.server.run(.knockgate, ["check", stage.path("knockgate.conf")]).succeeded()
                    var pause = Duration.zero
                    let honest = try await stage.client.asks {
                        for _ in 0..<5 {
                            let start = ContinuousClock.now
                            try await daemon.knockgate("reload").succeeded()
                            pause = max(pause, start.duration(to: .now))
                        }
                    }
                    let recovered = try await stage.recovery()
                    let status = try await daemon.status()
                    #expect(
                        status.doors.count == 4096 && status.doors[4095].leases.contains { $0.source == "203.0.113.7" })
                    #expect(status.queue.lost == 0 && honest.unanswered == 0)
                    #expect(session.lives)
                    try await #expect(stage.client.at("203.0.113.99").finds(.ssh) == .accepted, "its lease lives")
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    try tell("4,096 doors taken up, 5 times", honest, pause, daemon, recovered)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `65,536 doors are refused under load, with the line where they are too many`() async throws {
            try await Stage.withDaemon(sshDoor(openFor: "1m"), behind: .admittingSSH) { stage, daemon in
                let session = try await Session.open(on: stage)
                try await stage.flooded { _ in
                    try writeDropIns(of: 65_536, on: stage)
                    let expected = "there can be 4096 doors at most"
                    let check = try await stage.server.run(.knockgate, ["check", stage.path("knockgate.conf")])
                    #expect(
                        check.status == .exited(1) && check.output.contains(expected), "\(check.output.prefix(500))")
                    var pause = Duration.zero
                    let honest = try await stage.client.asks {
                        let start = ContinuousClock.now
                        let refused = try await daemon.knockgate("reload")
                        pause = start.duration(to: .now)
                        #expect(refused.status == .exited(1) && refused.errors.contains(expected))
                    }
                    let recovered = try await stage.recovery()
                    try await #expect(daemon.status().queue.lost == 0 && honest.unanswered == 0)
                    #expect(session.lives)
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    try tell("65,536 doors' text, refused", honest, pause, daemon, recovered)
                }
            }
        }

        private func tell(
            _ injected: String, _ honest: Calls, _ pause: Duration, _ daemon: Daemon, _ recovered: Duration
        ) throws {
            let (longest, answer) = (Int(honest.longest / .milliseconds(1)), Int(pause / .milliseconds(1)))
            let megabytes = try daemon.footprint.kilobytes / 1024
            try Fault(
                injected: injected,
                lost:
                    "nothing; the longest wait was \(longest) ms, of the reload's answer \(answer) ms; \(megabytes) MB held",
                recovered: recovered
            ).tell()
        }

        /// So many drop-ins that none is larger than a file may be.
        private func writeDropIns(of count: Int, on stage: Stage) throws {
            let folder = stage.path("knockgate.conf.d")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let each = 4096
            for first in stride(from: 0, to: count, by: each) {
                try stage.write(Self.doors(each, from: first), to: "knockgate.conf.d/\(1_000_000 + first).conf")
            }
        }

        /// Doors of four knocks and a closing sequence, no two alike.
        private static func doors(_ count: Int, from first: Int = 0) -> String {
            (first..<first + count).map { number in
                let (one, two) = (10_000 + number % 256 * 2, 20_000 + number / 256 * 2)
                return """
                    [door d\(number)]
                    protects = \(6000 + number % 500)/tcp
                    sequence = \(one)/udp \(two)/tcp 40000/udp 30000/tcp
                    close_sequence = \(two)/udp \(one)/udp 45000/udp

                    """
            }.joined()
        }
    }
}
