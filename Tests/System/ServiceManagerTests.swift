import KnockCore
import Subprocess
import Testing

extension Stories {
    @Suite struct `The service manager` {
        @Test(.timeLimit(.minutes(1)))
        func `it is given the queue, and told that the daemon is ready, alive, reloading and stopping`() async throws {
            try await Stage.set { stage in
                let manager = try ServiceManager(at: stage.path("notify"))
                let environment = ["NOTIFY_SOCKET": stage.path("notify"), "WATCHDOG_USEC": "400000"]
                try await stage.withDaemon(sshDoor(), environment: environment) { daemon in
                    try await eventually("READY") { manager.messages == ["FDSTORE=1", "READY=1"] }
                    try await eventually("the watchdog is fed three times") {
                        manager.messages.count { $0 == "WATCHDOG=1" } >= 3
                    }
                    let count = manager.messages.count
                    try await daemon.knockgate("reload").succeeded()
                    let told = manager.messages.dropFirst(count).filter { $0 != "WATCHDOG=1" }
                    #expect(told == ["RELOADING=1", "READY=1"])
                }
                #expect(manager.messages.last == "STOPPING=1")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a watchdog that is meant for another process isn't fed`() async throws {
            try await Stage.set { stage in
                let manager = try ServiceManager(at: stage.path("notify"))
                let environment = [
                    "NOTIFY_SOCKET": stage.path("notify"), "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1",
                ]
                try await stage.withDaemon(sshDoor(), environment: environment) { daemon in
                    try await Task.sleep(for: .milliseconds(300))
                    #expect(manager.messages == ["FDSTORE=1", "READY=1"])
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `without the capability the daemon says which one it lacks`() async throws {
            try await Stage.set { stage in
                let file = try stage.write(sshDoor(), to: "knockgate.conf")
                let finished = try await stage.server.run(
                    .shell,
                    [
                        "-c", "exec setpriv --bounding-set -net_admin --inh-caps -net_admin \"$@\"", "sh",
                        Program.knockgated.path, "--config", file, "--socket", stage.path("control.sock"), "--state",
                        stage.path("state"),
                    ])
                #expect(finished.status == .exited(1), "\(finished)")
                #expect(finished.errors.contains("CAP_NET_ADMIN"), "\(finished)")
            }
        }
    }
}
