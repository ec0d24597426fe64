/// A program that stories run, and the Debian package that has it.
import Foundation
import Subprocess

struct Program: Sendable {
    let name: String
    /// Nil for our own programs, which `swift build` makes.
    let package: String?

    static let ip = Program(name: "ip", package: "iproute2")
    static let iptables = Program(name: "iptables", package: "iptables")
    static let ip6tables = Program(name: "ip6tables", package: "iptables")
    static let iptablesRestore = Program(name: "iptables-restore", package: "iptables")
    static let ip6tablesRestore = Program(name: "ip6tables-restore", package: "iptables")
    static let iptablesSave = Program(name: "iptables-save", package: "iptables")
    static let ip6tablesSave = Program(name: "ip6tables-save", package: "iptables")
    static let cat = Program(name: "cat", package: "coreutils")
    static let shell = Program(name: "sh", package: "dash")
    static let knock = Program(name: "knock", package: "knockd")
    static let nmap = Program(name: "nmap", package: "nmap")
    static let ssh = Program(name: "ssh", package: "openssh-client")
    static let sshKeygen = Program(name: "ssh-keygen", package: "openssh-client")
    static let sshd = Program(name: "sshd", package: "openssh-server")
    static let knockgated = Program(ours: "knockgated", variable: "KNOCKGATE_BIN")
    static let knockgate = Program(ours: "knockgate", variable: "KNOCKGATE_CLI")

    /// Our own programs lie beside the tests' bundle, unless the environment names another build.
    private init(ours name: String, variable: String) {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        self.name = ProcessInfo.processInfo.environment[variable] ?? bundle.appendingPathComponent(name).path
        package = nil
    }

    init(name: String, package: String) {
        (self.name, self.package) = (name, package)
    }

    /// Where the program lies; throws what to install when it doesn't.
    var path: String {
        get throws {
            let folders = "\(ProcessInfo.processInfo.environment["PATH"] ?? ""):/usr/sbin:/usr/bin:/sbin:/bin".split(
                separator: ":")
            let places = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
            if let place = places.first(where: FileManager.default.isExecutableFile) { return place }
            throw StageError("\(name) is missing: " + (package.map { "apt-get install \($0)" } ?? "swift build"))
        }
    }

    /// Runs the program to its end, or ends it when its time is up and throws.
    func run(
        _ arguments: [String], input: String = "", within limit: Duration = .seconds(10)
    ) async throws -> Finished {
        let path = try path
        return try await withThrowingTaskGroup(of: Finished?.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    .name("env"), arguments: Arguments(["LC_ALL=C", path] + arguments),
                    input: .string(input), output: .string(limit: 1 << 24), error: .string(limit: 1 << 20))
                return Finished(
                    command: ([name] + arguments).joined(separator: " "), status: result.terminationStatus,
                    output: result.standardOutput, errors: result.standardError)
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            let first = try await group.next()
            group.cancelAll()
            guard let finished = first ?? nil else {
                throw StageError("\(name) \(arguments) took longer than \(limit)")
            }
            return finished
        }
    }

    /// Gives `ip` many commands at once; throws if one fails.
    func batch(_ commands: [String]) async throws {
        try await run(["-batch", "-"], input: commands.joined(separator: "\n") + "\n").succeeded()
    }
}

/// How a program ended, and what it said.
struct Finished: Sendable {
    let command: String
    let status: TerminationStatus
    let output: String
    let errors: String

    /// Throws what the program said unless it ended with status 0.
    func succeeded() throws {
        guard status.isSuccess else { throw StageError("\(command): \(status)\n\(output)\(errors)") }
    }
}
