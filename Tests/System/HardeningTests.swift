import CStage
import Foundation
import KnockCore
import Subprocess
import Testing

extension Stories {
    @Suite struct `What the daemon gives up by itself` {
        @Test(.timeLimit(.minutes(1)))
        func `started by root with nothing taken away, it keeps one capability, and bequeaths none`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                for key in ["CapPrm", "CapEff"] {
                    #expect(try daemon.fact(key) == "0000000000001000", "CAP_NET_ADMIN alone, in \(key)")
                }
                for key in ["CapInh", "CapBnd", "CapAmb"] {
                    #expect(try daemon.fact(key) == "0000000000000000", "\(key)")
                }
                #expect(try daemon.fact("NoNewPrivs") == "1")
                #expect(try daemon.fact("Threads") == "1", "what one thread gave up, another might have")
                // With that it can do all it has to.
                try await stage.serves(22)
                try await stage.client.knocks(sshKnocks)
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await daemon.knockgate("reload").succeeded()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `nobody looks into its memory, and no dump is made of it`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                let limits = try String(contentsOfFile: "/proc/\(daemon.process.pid)/limits", encoding: .utf8)
                #expect(limits.contains(#/Max core file size +0 +0 /#))
                // A process of the same user with the same capabilities, which may look into any other of its kind.
                let look = "exec setpriv --bounding-set=-all,+net_admin --inh-caps=-all cat /proc/$1/environ"
                let own = try await stage.server.run(.shell, ["-c", look, "sh", "self"])
                let daemons = try await stage.server.run(.shell, ["-c", look, "sh", "\(daemon.process.pid)"])
                #expect(own.output.contains("LC_ALL=C"))
                #expect(daemons.output.isEmpty && daemons.errors.contains("Permission denied"), "\(daemons)")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `what its starter has left open, it closes`() async throws {
            try await Stage.set { stage in
                let stray = try stage.write("", to: "stray")
                try await stage.withDaemon(sshDoor(), startedBy: "exec 7<\(stray) 9<\(stray); exec \"$@\"") {
                    daemon in
                    let numbers = try FileManager.default.contentsOfDirectory(atPath: daemon.descriptors)
                    let open = numbers.compactMap {
                        try? FileManager.default.destinationOfSymbolicLink(atPath: daemon.descriptors + "/" + $0)
                    }
                    #expect(open.contains { $0.hasSuffix("/state/lock") } && !open.contains(stray), "\(open)")
                }
            }
        }

        @Test(.timeLimit(.minutes(1)), .enabled(if: stage_knows_landlock() == 1, "this kernel has no Landlock"))
        func `it writes into no other folder, even where a link leads it there`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                let (draft, elsewhere) = (stage.path("state/leases.new"), stage.path("elsewhere"))
                try FileManager.default.createSymbolicLink(atPath: draft, withDestinationPath: elsewhere)
                try await daemon.knockgate("reload").succeeded()
                try await daemon.waits(untilLogSays: "cannot write \(draft): Permission denied")
                #expect(!FileManager.default.fileExists(atPath: elsewhere))
                try FileManager.default.removeItem(atPath: draft)
                try await daemon.waits(untilLogSays: "is up to date again")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `with files that aren't root's it reloads, and keeps the leases`() async throws {
            try await Stage.set { stage in
                let start =
                    "cd \(stage.path("")) && mkdir -m 700 state && chown nobody state knockgate.conf && exec \"$@\""
                try await stage.withDaemon(sshDoor(openFor: "1m"), startedBy: start) { daemon in
                    #expect(try daemon.fact("CapEff") == "0000000000001002", "CAP_DAC_OVERRIDE, too")
                    try await daemon.knockgate("reload").succeeded()
                    try await stage.client.knocks(sshKnocks)
                    try await daemon.waits(until: "the door is open") { $0.opened == 1 }
                    #expect(try stage.contents(of: "state/leases").contains("203.0.113.7"))
                }
                #expect(!FileManager.default.fileExists(atPath: stage.path("control.sock")))
                try await stage.withDaemon(sshDoor(openFor: "1m")) { daemon in
                    try await #expect(daemon.status().leases(of: "203.0.113.7").count == 1)
                }
            }
        }
    }
}

extension Stage {
    /// Starts the daemon by a shell's script, which becomes the command behind it, and plays the story.
    func withDaemon<Answer: Sendable>(
        _ configuration: String, startedBy script: String, environment: [String: String] = [:], held: Int32? = nil,
        _ story: (Daemon) async throws -> Answer
    ) async throws -> Answer {
        let file = try write(configuration, to: "knockgate.conf")
        let command = [
            "-c", script, "sh", try Program.knockgated.path, "--config", file, "--socket", path("control.sock"),
            "--state",
            path("state"),
        ]
        let (answer, ending) = try await server.hosting(
            .shell, command, environment: environment, held: held, ready: "is ready"
        ) { try await story(Daemon(stage: self, process: $0)) }
        #expect(ending == .exited(0))
        return answer
    }
}

extension Daemon {
    /// What the kernel says of the daemon under this name (proc(5), status).
    fileprivate func fact(_ key: String) throws -> String? {
        try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8).split(separator: "\n")
            .first { $0.hasPrefix(key + ":") }?.split(whereSeparator: \.isWhitespace).last.map(String.init)
    }

    /// The folder in which the kernel shows what the daemon holds open.
    var descriptors: String { "/proc/\(process.pid)/fd" }
}
