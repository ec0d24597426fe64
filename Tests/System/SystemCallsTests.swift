import Foundation
import KnockCore
import PacketForge
import Subprocess
import Testing

extension Stories {
    /// The unit lets the kernel end a daemon that makes a call which isn't in its SystemCallFilter=.
    @Suite struct `The unit's filter of system calls` {
        @Test(.timeLimit(.minutes(2)))
        func `nothing that the daemon does in a full life is outside of it`() async throws {
            let allowed = try await SystemCalls.allowedByUnit()
            #expect(allowed.contains("recvmmsg") && !allowed.contains("capset") && !allowed.contains("setuid"))
            try await Stage.set { stage in
                try await stage.serves(22)
                let manager = try ServiceManager(at: stage.path("notify"))
                try await stage.traced(as: "first", with: manager) { try await stage.playsAll($0) }
                // The next one takes over the queue, with packets that wait in it, and the leases.
                try await stage.client.knocks(sshKnocks)
                try await stage.traced(as: "second", with: manager) { daemon in
                    try await daemon.waits(untilLogSays: "was held meanwhile")
                    try await daemon.waits(untilLogSays: "go on from before")
                }
                let calls = try await stage.calls(madeBy: "first").union(stage.calls(madeBy: "second"))
                #expect(calls.isSuperset(of: ["recvmmsg", "rename", "accept4", "truncate", "sendmsg", "exit_group"]))
                #expect(calls.subtracting(allowed) == [])
            }
        }
    }
}

enum SystemCalls {
    /// What the unit's lines allow by the sets of this machine's systemd, and that a program may begin at all.
    static func allowedByUnit() async throws -> Set<String> {
        let sets = try await sets()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let unit = root.appendingPathComponent("Packaging/debian/knockgate.service")
        var allowed: Set<String> = []
        for line in try String(contentsOf: unit, encoding: .utf8).split(separator: "\n") {
            guard let words = line.wholeMatch(of: /SystemCallFilter=(~?)(.*)/) else { continue }
            let calls = try words.2.split(separator: " ").reduce(into: Set<String>()) {
                $0.formUnion(try Self.calls(of: String($1), in: sets))
            }
            if words.1.isEmpty { allowed.formUnion(calls) } else { allowed.subtract(calls) }
        }
        return allowed
    }

    /// The sets that systemd knows by name, as it lists them: a name, and its members on indented lines.
    private static func sets() async throws -> [String: [String]] {
        let listed = try await Program(name: "systemd-analyze", package: "systemd").run([
            "--no-pager", "syscall-filter",
        ])
        try listed.succeeded()
        var (sets, name): ([String: [String]], String) = ([:], "")
        for line in listed.output.split(separator: "\n") where !line.hasPrefix("#") {
            let word = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("@") { name = word } else if !word.hasPrefix("#") { sets[name, default: []].append(word) }
        }
        return sets
    }

    private static func calls(of word: String, in sets: [String: [String]]) throws -> Set<String> {
        guard word.hasPrefix("@") else { return [word] }
        guard let members = sets[word] else { throw StageError("systemd-analyze knows no set \(word)") }
        return try members.reduce(into: []) { $0.formUnion(try calls(of: $1, in: sets)) }
    }
}

extension Stage {
    /// Plays a story with a daemon whose system calls are written down, and that has as few rights as the unit's: the one
    /// capability, and a filter in force (one that only leaves out getppid, which nobody calls, so that strace needs it).
    fileprivate func traced(
        as name: String, with manager: ServiceManager, _ story: (Daemon) async throws -> Void
    ) async throws {
        let script = """
            exec setpriv --bounding-set=-all,+net_admin --inh-caps=-all,+net_admin --ambient-caps=-all,+net_admin \
            --no-new-privs \(try Program(name: "strace", package: "strace").path) -D -f -qq --seccomp-bpf \
            -e trace='!getppid' -o \(path(name)) "$@"
            """
        let variables = ["NOTIFY_SOCKET": path("notify"), "WATCHDOG_USEC": "200000"]
        try await withDaemon(sshDoor(), startedBy: script, environment: variables, held: manager.held, story)
    }

    /// The names of the calls that were written down of a daemon that has ended, from its first on.
    fileprivate func calls(madeBy name: String) async throws -> Set<String> {
        try await eventually("the daemon's end is written down") {
            try contents(of: name).contains("exit_group(0)")
        }
        let lines = try contents(of: name).split(separator: "\n").drop { !$0.contains("execve(") }.dropFirst()
        return Set(lines.compactMap { $0.firstMatch(of: /^[0-9]+ +([a-z0-9_]+)\(/).map { String($0.1) } })
    }

    /// All that a daemon may meet: knocks and connections, what can't be read, a rush, requests, one who asks nothing, reloads, a
    /// disk that refuses, addresses that change, leases that end, its watchdog.
    fileprivate func playsAll(_ daemon: Daemon) async throws {
        for visitor in [client, client.at("2001:db8::7")] {
            try await visitor.knocks(sshKnocks)
            try await #expect(visitor.finds(.ssh) == .accepted)
        }
        let long = Forged.ipv6(
            from: "2001:db8::8", to: "2001:db8::5", .udp(from: 40_000, to: 9),
            extensions: Array(repeating: .destinationOptions, count: 9))
        try await stranger.at("2001:db8::8").sends([long])
        try await stranger.sends((0..<3000).map(ForgedKnock(port: 9).from))
        async let silent = asks(by: "timeout 9 nc -dU \(path("control.sock"))")
        async let half = asks(by: "{ printf 'knockgate/1 sta'; sleep 6; } | timeout 9 nc -U \(path("control.sock"))")
        try await daemon.knockgate("open", "ssh", "192.0.2.1", "--for", "1s").succeeded()
        try await daemon.knockgate("open", "ssh", "192.0.2.2", "--for", "10m").succeeded()
        try await daemon.knockgate("close", "ssh", "203.0.113.7").succeeded()
        try await server.ip(["addr add 198.51.100.1/24 dev lan0", "addr del 198.51.100.1/24 dev lan0"])
        try await refuseDisk(daemon)
        try write("[door ssh]\n", to: "knockgate.conf")
        try await #expect(!daemon.knockgate("reload").status.isSuccess)
        try write(sshDoor(gate: ["queue_length = 512"]), to: "knockgate.conf")
        try daemon.process.send(.terminalClosed)
        try await daemon.waits(untilLogSays: "reloaded")
        try await daemon.waits(until: "a lease has ended") { $0.leases(of: "192.0.2.1").isEmpty }
        let (first, second) = try await (silent, half)
        #expect(first.isSuccess && second.isSuccess, "the daemon sent them away")
    }

    /// How somebody who talks with the daemon by a shell's command comes away.
    private func asks(by command: String) async throws -> TerminationStatus {
        try await server.run(.shell, ["-c", command]).status
    }

    private func refuseDisk(_ daemon: Daemon) async throws {
        try FileManager.default.createDirectory(atPath: path("state/leases.new"), withIntermediateDirectories: false)
        try await daemon.knockgate("reload").succeeded()
        try await daemon.waits(untilLogSays: "cannot write")
        try FileManager.default.removeItem(atPath: path("state/leases.new"))
        try await daemon.waits(untilLogSays: "is up to date again")
    }
}
