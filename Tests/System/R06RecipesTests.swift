import KnockCore
import PacketForge
import Subprocess
import Testing

extension Stories {
    @Suite struct `R6: the classic recipes` {
        @Test(.timeLimit(.minutes(1)))
        func `Debian's knock opens SSH for a real ssh`() async throws {
            try await Stage.withDaemon(sshDoor(), behind: .rejecting) { stage, daemon in
                try await stage.withSSHServer { sshd in
                    let closed = try await sshd.ssh("true", options: ["-o", "ConnectTimeout=1"])
                    #expect(closed.status == .exited(255), "\(closed)")

                    let knock = ["203.0.113.5", "2222:udp", "3333:tcp", "4444:udp"]
                    try await stage.client.machine.run(.knock, knock).succeeded()
                    let opened = try await sshd.ssh("echo $SSH_CLIENT")
                    #expect(opened.output.hasPrefix("203.0.113.7 "), "\(opened)")
                    let banner = try await stage.client.tries(.ssh).read()
                    #expect(banner?.hasPrefix(SSHServer.banner) == true)

                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                    try await daemon.waits(untilLogSays: "door ssh opened for 203.0.113.7 until ")
                    try await daemon.waits(untilLogSays: "door ssh closed for 203.0.113.7")
                    try await #expect(stage.client.finds(.ssh) == .silent)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `knockgate's own client opens it with the same words`() async throws {
            try await Stage.withDaemon(sshDoor(), behind: .rejecting) { stage, _ in
                try await stage.serves(22)
                for visitor in [stage.client, stage.client.at("2001:db8::7")] {
                    try await #expect(visitor.finds(.ssh) == .silent)
                    let knock = ["knock", "\(visitor.server)", "2222:udp", "3333:tcp", "4444:udp"]
                    try await visitor.machine.run(.knockgate, knock).succeeded()
                    try await #expect(visitor.finds(.ssh) == .accepted)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `nmap knocks one port at a time, at two doors`() async throws {
            let doors = """
                [door web]
                protects = 8855/tcp
                sequence = 1111 2222 3333
                open_for = 30s
                [door ssh]
                protects = 22/tcp
                sequence = 1122 2233
                open_for = 30s
                """
            try await Stage.withDaemon(doors, behind: .rejecting) { stage, daemon in
                try await stage.serves(8855)
                try await stage.withSSHServer { sshd in
                    try await #expect(stage.client.finds(.tcp(8855)) == .silent)
                    try await stage.clientKnocksWithNmap([1111, 2222, 3333])
                    try await #expect(stage.client.finds(.tcp(8855)) == .accepted)
                    try await #expect(stage.client.finds(.ssh) == .silent)

                    try await stage.clientKnocksWithNmap([1122, 2233])
                    try await #expect(sshd.ssh("echo in").output == "in\n")
                    try await #expect(daemon.status().doors.map(\.opened) == [1, 1])
                }
            }
        }
    }
}

extension Stage {
    /// Knocks as the recipe says. nmap first asks for the server's name, for 13 seconds when there's no DNS: here the
    /// client's own hosts file tells it, put in place where only this nmap sees it (`ip netns exec` gives it its own mounts).
    fileprivate func clientKnocksWithNmap(_ ports: [Int]) async throws {
        let hosts = try write("203.0.113.5 server.example\n", to: "hosts")
        for port in ports {
            try await client.machine.run(
                .shell,
                [
                    "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\"", hosts, Program.nmap.path, "-Pn",
                    "--host-timeout", "201", "--max-retries", "0", "-p", "\(port)", "203.0.113.5",
                ]
            ).succeeded()
        }
    }
}
