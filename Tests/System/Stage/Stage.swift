import Foundation
import KnockCore
/// Where a story plays: a server behind its firewall and two clients, each in a network namespace of its own.
///
///     client    203.0.113.7  2001:db8::7 ─┐
///                                         ├─ server  203.0.113.5  2001:db8::5  and, for `target`, 203.0.113.6
///     stranger  203.0.113.8  2001:db8::8 ─┘
///
/// The server's way back to anybody else leads to the client's machine, so that forged sources are answered as well.
import PacketForge

struct Stage: Sendable {
    /// Holds the configuration, the daemon's state, keys; it goes with the stage.
    let folder: URL
    let server: Machine
    let client: Visitor
    let stranger: Visitor
    private let services = Services()

    /// Sets the stage, plays the story, and clears everything away, however the story ended.
    static func set<Answer>(
        behind firewall: Firewall = .resetting, rule: QueueRule = QueueRule(),
        _ story: (Stage) async throws -> Answer
    ) async throws -> Answer {
        try Requirements.check()
        let stage = try Stage(named: StageName.next())
        do {
            try await stage.build()
            try await stage.install(firewall, rule)
            let answer = try await story(stage)
            await stage.clear()
            return answer
        } catch {
            await stage.clear()
            throw error
        }
    }

    private init(named name: String) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(name, isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        server = Machine(namespace: name + "-server")
        client = Visitor(machine: Machine(namespace: name + "-client"), address: "203.0.113.7")
        stranger = Visitor(machine: Machine(namespace: name + "-stranger"), address: "203.0.113.8")
    }

    private var machines: [Machine] { [server, client.machine, stranger.machine] }

    /// Writes a file that only root can read into the stage's folder, and answers its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let path = path(name)
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw StageError("can't write \(path)") }
        return path
    }

    /// Puts a service on one of the server's ports, IPv4 and IPv6, for as long as the stage stands.
    @discardableResult
    func serves(_ port: UInt16) async throws -> Listener {
        let listener = try await server.inside { try Listener(port: port) }
        services.add(listener)
        return listener
    }

    func contents(of name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}

extension Stage {
    private func build() async throws {
        try await Program.ip.batch(machines.map { "netns add \($0.namespace)" })
        try await Program.ip.batch(
            ["link add lan0 netns \(server.namespace) type bridge"]
                + [client, stranger].enumerated().map { index, visitor in
                    "link add port\(index) netns \(server.namespace) type veth peer name eth0 netns "
                        + visitor.machine.namespace
                })
        try await server.ip([
            "link set lo up", "link set lan0 up", "link set port0 master lan0 up", "link set port1 master lan0 up",
            "addr add 203.0.113.5/24 dev lan0", "addr add 203.0.113.6/24 dev lan0",
            "addr add 2001:db8::5/64 dev lan0 nodad", "route add default via 203.0.113.7",
        ])
        for (visitor, last) in [(client, 7), (stranger, 8)] {
            try await visitor.machine.ip([
                "link set lo up", "link set eth0 up", "addr add 203.0.113.\(last)/24 dev eth0",
                "addr add 2001:db8::\(last)/64 dev eth0 nodad",
            ])
        }
        try await server.inside { try Stage.letEveryPacketBeAnswered() }
    }

    /// The kernel answers strangers with an ICMP error a second at most; a story that counts answers wants them all.
    private static func letEveryPacketBeAnswered() throws {
        for (key, value) in [
            ("ipv4/icmp_ratelimit", "0"), ("ipv6/icmp/ratelimit", "0"), ("ipv4/conf/all/rp_filter", "0"),
        ] {
            try Data(value.utf8).write(to: URL(fileURLWithPath: "/proc/sys/net/\(key)"))
        }
    }

    private func install(_ firewall: Firewall, _ rule: QueueRule) async throws {
        try await server.run(.iptablesRestore, [], input: firewall.rules(isIPv6: false)).succeeded()
        try await server.run(.ip6tablesRestore, [], input: firewall.rules(isIPv6: true)).succeeded()
        try await server.run(.iptables, rule.arguments).succeeded()
        try await server.run(.ip6tables, rule.arguments).succeeded()
    }

    /// Runs to its end even when the story was cancelled: a task of its own isn't.
    private func clear() async {
        await Task {
            for machine in machines { await machine.endProcesses() }
            try? await Program.ip.batch(machines.map { "netns del \($0.namespace)" })
            try? FileManager.default.removeItem(at: folder)
        }.value
    }
}
