/// Programs that the benchmark runs: those of Debian, our own, and its yardsticks.
import Foundation
import Subprocess
import Synchronization
import SystemPackage

struct Program: Sendable {
    let name: String

    static let ip = Program("ip")
    static let ipset = Program("ipset")
    static let iptablesRestore = Program("iptables-restore")
    static let ip6tablesRestore = Program("ip6tables-restore")
    static let iptablesSave = Program("iptables-save")
    static let knockd = Program("knockd")
    static let gnuplot = Program("gnuplot")
    static let knockgated = Program("knockgated", isOurs: true)
    static let knockgate = Program("knockgate", isOurs: true)
    static let classicLoop = Program("classic-loop", isOurs: true)
    static let batchedLoop = Program("batched-loop", isOurs: true)
    static let floorLoop = Program("floor-loop", isOurs: true)
    static let sender = Program("fast-sender", isOurs: true)
    static let stopwatch = Program("stopwatch", isOurs: true)
    static let caller = Program("caller", isOurs: true)

    init(_ name: String) { self.name = name }

    /// Our own programs lie beside this one.
    private init(_ name: String, isOurs: Bool) {
        self.name =
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent(name).path
    }

    /// Where the program lies.
    var path: String {
        get throws {
            let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/usr/bin:/sbin:/bin"
            let places = name.contains("/") ? [name] : folders.split(separator: ":").map { "\($0)/\(name)" }
            if let place = places.first(where: FileManager.default.isExecutableFile) { return place }
            throw BenchError("\(name) is missing: Packaging/bench installs and builds what the benchmark needs")
        }
    }

    /// Runs the program to its end and answers what it printed; throws when it fails, or takes longer than `limit`.
    @discardableResult
    func run(_ arguments: [String], input: String = "", within limit: Duration = .seconds(30)) async throws -> String {
        let path = try path
        return try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    .name("env"), arguments: Arguments(["LC_ALL=C", path] + arguments),
                    input: .string(input), output: .string(limit: 1 << 24), error: .string(limit: 1 << 20))
                guard result.terminationStatus.isSuccess else {
                    let words = ([name] + arguments).joined(separator: " ")
                    throw BenchError(
                        "\(words): \(result.terminationStatus) \(result.standardOutput)\(result.standardError)")
                }
                return result.standardOutput
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            let first = try await group.next()
            group.cancelAll()
            guard let output = first ?? nil else {
                throw BenchError("\(name) \(arguments) took longer than \(limit)")
            }
            return output
        }
    }
}

/// A program that runs while something is measured.
struct Background: Sendable {
    let pid: Int32
    private let log: Log
    private let send: @Sendable (Signal) throws -> Void

    /// The lines that a program has said on standard error: the first and the last few.
    private final class Log: Sendable {
        private let stored = Mutex<(lines: [String], isOver: Bool)>(([], false))

        var lines: [String] { stored.withLock { $0.lines } }
        var isOver: Bool { stored.withLock { $0.isOver } }

        func add(_ line: String) {
            stored.withLock {
                if $0.lines.count >= 40 { $0.lines.remove(at: 20) }
                $0.lines.append(line)
            }
        }

        func end() { stored.withLock { $0.isOver = true } }
    }

    func says(_ text: String) -> Bool { log.lines.contains { $0.contains(text) } }

    /// Stops the program: it neither runs nor ends until it goes on.
    func stop() throws { try send(.suspend) }

    func goOn() throws { try send(.resume) }

    /// Runs a program, waits until it is ready, does the work, and ends the program.
    static func hosting<Answer: Sendable>(
        _ program: Program, _ words: [String], until isReady: @escaping @Sendable (Background) throws -> Bool,
        _ work: (Background) async throws -> Answer
    ) async throws -> Answer {
        let steps = [TeardownStep.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
        var options = PlatformOptions()
        options.teardownSequence = steps
        let nothing = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
        defer { try? nothing.close() }
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments(["LC_ALL=C"] + words), platformOptions: options,
            input: .fileDescriptor(nothing, closeAfterSpawningProcess: false), output: .discarded, error: .sequence
        ) { execution in
            let log = Log()
            async let reading: Void = {
                defer { log.end() }
                for try await line in execution.standardError.strings() { log.add(line) }
            }()
            let background = Background(pid: execution.processIdentifier.value, log: log) {
                try execution.send(signal: $0)
            }
            let answer: Result<Answer, any Error>
            do {
                try await eventually("\(program.name) is ready") {
                    guard !log.isOver else { throw BenchError("\(program.name) ended at once: \(log.lines)") }
                    return try isReady(background)
                }
                answer = .success(try await work(background))
            } catch {
                answer = .failure(error)
            }
            try? execution.send(signal: .resume)  // One that is stopped couldn't end.
            await execution.teardown(using: steps)
            try? await reading
            return try answer.get()
        }
        return result.closureResult
    }
}

/// Waits until something is so; throws when it doesn't become so within `limit`.
func eventually(
    _ what: String, within limit: Duration = .seconds(20), every pause: Duration = .milliseconds(2),
    _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !isSo() {
        guard ContinuousClock.now < deadline else { throw BenchError("waited \(limit) in vain until \(what)") }
        try await Task.sleep(for: pause)
    }
}
