/// Where it is measured: a server and its clients, in two network namespaces that are joined by a veth.
///
///     clients  203.0.113.7, 198.18.0.0/15 ── lan ══ lan ── 203.0.113.5  server
///              2001:db8::7                                 2001:db8::5
///
/// The clients' machine is at home at every address of 198.18.0.0/15 (RFC 2544), from which honest clients come; made-up
/// sources are in 10.0.0.0/8. What the server answers to those ends there: the clients' machine forwards nothing.
import Foundation

struct Bench: Sendable {
    let isQuick: Bool
    /// Holds configurations, sockets and keys; it goes with the stage.
    let folder: URL
    let server: Machine
    let clients: Machine

    static let serverAddress = "203.0.113.5"
    /// The first of the made-up sources.
    static let madeUp = "10.0.0.0"
    static let madeUpIPv6 = "2001:db8:1::"
    static let interface = "lan"
    static let queue = 4747
    /// The port that is protected, or open.
    static let port = 22

    /// Sets the stage, measures, and clears everything away, however it ended.
    static func set(_ options: Options, _ measure: (Bench) async throws -> Void) async throws {
        guard geteuid() == 0 else {
            throw BenchError("it makes network namespaces and firewall rules in them: run it as root")
        }
        guard FileManager.default.fileExists(atPath: "/proc/net/netfilter/nfnetlink_queue") else {
            throw BenchError("this kernel has no nfnetlink_queue: modprobe nfnetlink_queue")
        }
        let bench = try Bench(options)
        do {
            try await bench.build()
            try await measure(bench)
            await bench.clear()
        } catch {
            await bench.clear()
            throw error
        }
    }

    private init(_ options: Options) throws {
        // Who started the run may name it, to find what a killed one has left behind.
        let name = ProcessInfo.processInfo.environment["KNOCKGATE_STAGE"] ?? "kgbench\(getpid())"
        isQuick = options.isQuick
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(name + "-bench", isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        server = Machine(namespace: name + "-server")
        clients = Machine(namespace: name + "-clients")
    }

    /// How often something is measured: an odd number, so that a median is a round's own figure.
    func rounds(_ full: Int, quick: Int = 1) -> Int { isQuick ? quick : full }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// Writes a file that only root can read into the run's folder, and answers its path.
    func write(_ text: String, to name: String) throws -> String {
        let path = path(name)
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw BenchError("can't write \(path)") }
        return path
    }

    private func build() async throws {
        let (mac, route) = ("02:00:00:00:00:0", "198.18.0.0/15")
        try await Program.ip.batch([
            "netns add \(server.namespace)", "netns add \(clients.namespace)",
            "link add lan address \(mac)5 netns \(server.namespace) type veth peer name lan address \(mac)7 netns "
                + clients.namespace,
        ])
        try await server.ip([
            "link set lo up", "link set lan up", "addr add 203.0.113.5/24 dev lan",
            "addr add 2001:db8::5/64 dev lan nodad", "route add default via 203.0.113.7",
            // What answers made-up sources needs no neighbour to be found first.
            "neigh add 203.0.113.7 lladdr \(mac)7 dev lan",
        ])
        try await clients.ip([
            "link set lo up", "link set lan up", "addr add 203.0.113.7/24 dev lan",
            "addr add 2001:db8::7/64 dev lan nodad", "route add local \(route) dev lo",
            "neigh add 203.0.113.5 lladdr \(mac)5 dev lan",
        ])
        for machine in [server, clients] {
            try await machine.run(
                Program("sh"),
                [
                    "-c",
                    "cd /proc/sys/net && for key in ipv4/icmp_ratelimit ipv6/icmp/ratelimit ipv4/conf/*/rp_filter; do echo 0 >$key; done",
                ])
        }
    }

    /// Runs to its end even when the run was cancelled: a task of its own isn't.
    private func clear() async {
        await Task {
            for machine in [server, clients] { await machine.endProcesses() }
            try? await Program.ip.batch([server, clients].map { "netns del \($0.namespace)" })
            try? FileManager.default.removeItem(at: folder)
        }.value
    }
}

/// A network namespace.
struct Machine: Sendable {
    let namespace: String

    /// The two processors, so that who sends and who listens don't take turns on one.
    enum Processor: Int, Sendable {
        case ofSender = 0
        case ofListener = 1
    }

    @discardableResult
    func run(
        _ program: Program, _ arguments: [String], on processor: Processor? = nil, input: String = "",
        within limit: Duration = .seconds(30)
    ) async throws -> String {
        try await Program.ip.run(try words(program, arguments, on: processor), input: input, within: limit)
    }

    func hosting<Answer: Sendable>(
        _ program: Program, _ arguments: [String], on processor: Processor? = nil,
        until isReady: @escaping @Sendable (Background) throws -> Bool = { $0.says("ready") },
        _ work: (Background) async throws -> Answer
    ) async throws -> Answer {
        let words = [try Program.ip.path] + (try words(program, arguments, on: processor))
        return try await Background.hosting(program, words, until: isReady, work)
    }

    private func words(_ program: Program, _ arguments: [String], on processor: Processor?) throws -> [String] {
        let pin = processor.map { ["taskset", "--cpu-list", "\($0.rawValue % processorCount)"] } ?? []
        // Whatever else the machine does comes after what is measured.
        return ["netns", "exec", namespace, "nice", "--adjustment=-15"] + pin + [try program.path] + arguments
    }

    /// Configures the machine's network, a command of `ip` each.
    func ip(_ commands: [String]) async throws {
        try await Program.ip.run(["-n", namespace, "-batch", "-"], input: commands.joined(separator: "\n") + "\n")
    }

    /// Ends what still runs in this namespace: only this run could have started it.
    func endProcesses() async {
        let pids = try? await Program.ip.run(["netns", "pids", namespace]).split(separator: "\n")
        for pid in (pids ?? []).compactMap({ Int32($0) }) { kill(pid, SIGKILL) }
    }
}

private let processorCount = ProcessInfo.processInfo.activeProcessorCount

extension Program {
    /// Gives `ip` many commands at once.
    func batch(_ commands: [String]) async throws {
        try await run(["-batch", "-"], input: commands.joined(separator: "\n") + "\n")
    }
}
