/// One machine of the stage: a network namespace.
import CStage
import Foundation
import Subprocess

struct Machine: Sendable {
    let namespace: String

    /// Runs a program on this machine to its end.
    @discardableResult
    func run(
        _ program: Program, _ arguments: [String], input: String = "", within limit: Duration = .seconds(10)
    ) async throws -> Finished {
        try await Program.ip.run(
            ["netns", "exec", namespace, program.path] + arguments, input: input, within: limit)
    }

    /// Does some work on a thread of its own that stands inside this machine, and may block there.
    func inside<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try enter()
                        return try work()
                    })
            }
        }
    }

    /// Configures the machine's network, a command of `ip` each.
    func ip(_ commands: [String]) async throws {
        try await Program.ip.run(["-n", namespace, "-batch", "-"], input: commands.joined(separator: "\n") + "\n")
            .succeeded()
    }

    /// Ends what still runs in this namespace: only this stage could have started it.
    func endProcesses() async {
        let pids = try? await Program.ip.run(["netns", "pids", namespace]).output.split(separator: "\n")
        for pid in (pids ?? []).compactMap({ Int32($0) }) { kill(pid, SIGKILL) }
    }

    private func enter() throws {
        let result = unsafe stage_enter("/run/netns/\(namespace)")
        guard result == 0 else { throw StageError("can't enter namespace \(namespace): \(errorText(-result))") }
    }
}

/// What errno `number` means, in words.
func errorText(_ number: Int32) -> String {
    unsafe String(cString: strerror(number))
}
