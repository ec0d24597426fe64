/// What was done to a live gate, and what it cost.
import Foundation
import KnockCore

struct Fault {
    /// What was done, in a few words: "kill -9, 200 times".
    let injected: String
    /// What was counted as lost; what a rule promises must not be in it.
    let lost: String
    /// From the injection's end until the gate kept its promises again.
    let recovered: Duration

    /// Tells it in a line of the test's output, and in the file that KNOCKGATE_FAULTS names.
    func tell() throws {
        let milliseconds = Int(recovered / .milliseconds(1))
        let line = "fault: \(injected) | lost: \(lost) | recovered in \(milliseconds) ms\n"
        print(line, terminator: "")
        guard let path = ProcessInfo.processInfo.environment["KNOCKGATE_FAULTS"] else { return }
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data(line.utf8))
    }
}

extension Stage {
    /// Waits until a client that knocks gets in, and answers how long that took: the first attempt comes at once.
    func recovery(of port: UInt16 = 22, within limit: Duration = .seconds(20)) async throws -> Duration {
        let start = ContinuousClock.now
        while start.duration(to: .now) < limit {
            try await client.knocks(sshKnocks)
            if try await client.finds(.tcp(port)) == .accepted { return start.duration(to: .now) }
        }
        throw StageError("nobody got in within \(limit) after the fault")
    }
}
