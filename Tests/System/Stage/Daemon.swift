/// A running knockgated on the stage's server.
import Foundation
import KnockCore
import Subprocess
import Testing

struct Daemon: Sendable {
    let stage: Stage
    let process: Background

    var log: [String] { process.log.lines }

    /// Runs `knockgate` on the server, against this daemon's socket.
    func knockgate(_ arguments: String...) async throws -> Finished {
        try await stage.server.run(.knockgate, arguments + ["--socket", stage.path("control.sock")])
    }

    func status() async throws -> Status {
        let finished = try await knockgate("status", "--json")
        try finished.succeeded()
        return try Status(json: finished.output)
    }

    /// Waits until the daemon's status is so, and answers it.
    @discardableResult
    func waits(until what: String, within limit: Duration = .seconds(10), _ isSo: (Status) -> Bool) async throws
        -> Status
    {
        var status = try await status()
        try await eventually(what, within: limit, log: process.log) {
            if isSo(status) { return true }
            status = try await self.status()
            return isSo(status)
        }
        return status
    }

    /// Waits until a line of the log contains this.
    func waits(untilLogSays text: String) async throws {
        try await eventually("the log says \"\(text)\"", log: process.log) { process.log.contains(text) }
    }

    /// Ends the daemon at once, as a crash would.
    func kill() async throws {
        try process.send(.kill)
        let line = "/proc/\(process.pid)/stat"
        try await eventually("the daemon is dead") {
            guard let text = try? String(contentsOfFile: line, encoding: .utf8) else { return true }
            return text.contains(") Z ")
        }
    }
}

extension Stage {
    /// Starts the daemon with this configuration, plays the story, and ends the daemon; it must end well unless the story killed
    /// it, or says how else.
    @discardableResult
    func withDaemon<Answer: Sendable>(
        _ configuration: String, environment: [String: String] = [:], held: Int32? = nil,
        ending expected: TerminationStatus = .exited(0), _ story: (Daemon) async throws -> Answer
    ) async throws -> Answer {
        let file = try write(configuration, to: "knockgate.conf")
        let arguments = ["--config", file, "--socket", path("control.sock"), "--state", path("state")]
        let (answer, ending) = try await server.hosting(
            .knockgated, arguments, environment: environment, held: held, ready: "ready"
        ) { process in
            let daemon = Daemon(stage: self, process: process)
            return try await (story(daemon), daemon.log)
        }
        if ending != expected, ending != .signaled(SIGKILL) {
            Issue.record("the daemon ended with \(ending):\n\(answer.1.joined(separator: "\n"))")
        }
        return answer.0
    }

    /// A stage with a daemon on it: what most stories need.
    static func withDaemon<Answer: Sendable>(
        _ configuration: String, behind firewall: Firewall = .resetting, rule: QueueRule = QueueRule(),
        _ story: (Stage, Daemon) async throws -> Answer
    ) async throws -> Answer {
        try await set(behind: firewall, rule: rule) { stage in
            try await stage.withDaemon(configuration) { try await story(stage, $0) }
        }
    }
}
