/// A program that runs on a machine while a part of the story plays.
import Subprocess
import Synchronization
import SystemPackage

struct Background: Sendable {
    let pid: Int32
    /// What it says on standard error.
    let log: Log
    let send: @Sendable (Signal) throws -> Void

    /// The lines that a program has said so far.
    final class Log: Sendable {
        private let stored = Mutex<(lines: [String], isOver: Bool)>(([], false))

        var lines: [String] { stored.withLock { $0.lines } }

        /// Whether the program has ended, and will say nothing more.
        var isOver: Bool { stored.withLock { $0.isOver } }

        func add(_ line: String) { stored.withLock { $0.lines.append(line) } }

        func end() { stored.withLock { $0.isOver = true } }

        func contains(_ text: String) -> Bool { lines.contains { $0.contains(text) } }
    }
}

extension Machine {
    /// Starts a program, waits until it says `ready`, plays the story, and ends the program: with SIGTERM, and with
    /// SIGKILL when that doesn't help within five seconds.
    ///
    /// - Parameter held: a descriptor that the program finds as a service manager gives it (sd_listen_fds(3)).
    func hosting<Answer: Sendable>(
        _ program: Program, _ arguments: [String], environment: [String: String] = [:], held: Int32? = nil,
        ready: String,
        _ story: (Background) async throws -> Answer
    ) async throws -> (answer: Answer, ending: TerminationStatus) {
        let steps = [TeardownStep.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        var options = PlatformOptions()
        options.teardownSequence = steps
        let variables = environment.map { "\($0)=\($1)" }
        let command = try Arguments(
            variables + [Program.ip.path, "netns", "exec", namespace]
                + (held == nil ? [] : [Program.shell.path, "-c", givingStandardInput, "sh"]) + [program.path]
                + arguments)
        let nothing = try unsafe FileDescriptor.open("/dev/null", .readOnly)
        defer { try? nothing.close() }
        let input = held.map(FileDescriptor.init(rawValue:)) ?? nothing
        let result = try await Subprocess.run(
            .name("env"), arguments: command, platformOptions: options,
            input: .fileDescriptor(input, closeAfterSpawningProcess: false), output: .discarded, error: .sequence
        ) { execution in
            let log = Background.Log()
            async let reading: Void = {
                defer { log.end() }
                for try await line in execution.standardError.strings() { log.add(line) }
            }()
            let background = Background(pid: execution.processIdentifier.value, log: log) {
                try execution.send(signal: $0)
            }
            let answer: Result<Answer, any Error>
            do {
                try await eventually("\(program.name) says \"\(ready)\"", log: log) {
                    guard !log.isOver else { throw StageError("\(program.name) ended at once: \(log.lines)") }
                    return log.contains(ready)
                }
                answer = .success(try await story(background))
            } catch {
                answer = .failure(error)
            }
            await execution.teardown(using: steps)
            try? await reading
            return try answer.get()
        }
        return (result.closureResult, result.terminationStatus)
    }
}

/// A shell's script that becomes the command behind it, to which its standard input is what a service manager held.
private let givingStandardInput =
    "exec 3<&0 </dev/null; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=queue; exec \"$@\""

/// Waits until something is so; throws after ten seconds, with the log of whoever should have made it so.
func eventually(
    _ what: String, within limit: Duration = .seconds(10), log: Background.Log? = nil,
    _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !isSo() {
        guard ContinuousClock.now < deadline else {
            throw StageError("waited \(limit) in vain: \(what)\n" + (log?.lines.joined(separator: "\n") ?? ""))
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
