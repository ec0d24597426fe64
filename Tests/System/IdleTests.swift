import Foundation
import Testing

extension Stories {
    @Suite struct `The daemon at rest` {
        /// What ships is the static release build; a debug build brings the shared libraries of the toolchain along.
        @Test(.timeLimit(.minutes(1)))
        func `with default tables it holds less than 10 MB`() async throws {
            guard ProcessInfo.processInfo.environment["KNOCKGATE_BIN"] != nil else {
                throw StageError("name the static release build of knockgated in KNOCKGATE_BIN, as Packaging/test does")
            }
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try await stage.client.knocks(sshKnocks)
                try await daemon.waits(until: "the door is open") { $0.opened == 1 }
                #expect(try daemon.footprint.kilobytes < 10_000)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `what the tables of before a reload have held, it gives back`() async throws {
            try await Stage.withDaemon(sshDoor(seqTimeout: "1m")) { stage, daemon in
                try await stage.stranger.acts { moment in
                    try moment.send((0..<20_000).map(ForgedKnock(port: 2222).from), perSecond: 20_000)
                }
                try await daemon.waits(until: "all are under way") { $0.doors[0].visitsTotal == 20_000 }
                let before = try daemon.footprint.kilobytes
                for _ in 0..<6 { try await daemon.knockgate("reload").succeeded() }
                try await #expect(daemon.status().doors[0].visitsTotal == 20_000)
                #expect(try daemon.footprint.kilobytes < before + 500)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `it waits without using the processor`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try await stage.client.knocks(sshKnocks)
                try await daemon.waits(until: "the door is open") { $0.opened == 1 }
                let before = try daemon.processorTicks
                try await Task.sleep(for: .seconds(2))
                #expect(try daemon.processorTicks - before <= 2, "hundredths of a second, in two seconds")
            }
        }
    }
}

extension Daemon {
    /// The processor time that the daemon has used, in hundredths of a second (proc(5), stat, utime and stime).
    fileprivate var processorTicks: Int {
        get throws {
            let stat = try String(contentsOfFile: "/proc/\(process.pid)/stat", encoding: .utf8)
            let fields = try #require(stat.split(separator: ") ").last).split(separator: " ")
            return try #require(Int(fields[11])) + #require(Int(fields[12]))
        }
    }
}
