import KnockCore
import Subprocess
import Testing

extension Stories {
    @Suite struct `R12: leases outlive the daemon` {
        /// After a crash at most the last second of changes is lost (R12): wait until it's over.
        private func letASecondPass() async throws {
            try await Task.sleep(for: .milliseconds(1200))
        }

        @Test(.timeLimit(.minutes(1)))
        func `a daemon that was told to stop leaves its leases to the next`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                try await stage.serves(22)
                try await stage.withDaemon(sshDoor(openFor: "1m")) { daemon in
                    try await stage.client.knocks(sshKnocks)
                    try await #expect(stage.client.finds(.ssh) == .accepted)
                }
                try await #expect(stage.client.finds(.ssh) == .silent, "nobody answers for the gate")
                try await letASecondPass()
                try await stage.withDaemon(sshDoor(openFor: "1m")) { daemon in
                    let leases = try await daemon.status().leases(of: "203.0.113.7")
                    #expect(leases.count == 1 && leases.allSatisfy { (50...58.8).contains($0.remaining) }, "\(leases)")
                    try await #expect(stage.client.finds(.ssh) == .accepted)
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `after kill -9 the gate is closed, sessions live, and leases come back`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                let listener = try await stage.serves(22)
                let (session, other) = try await stage.withDaemon(sshDoor(openFor: "1m")) { daemon in
                    try await stage.client.knocks(sshKnocks)
                    let session = try await stage.client.tries(.ssh)
                    try await letASecondPass()
                    try await daemon.kill()
                    return try await (session, listener.accept())
                }
                try await #expect(stage.client.finds(.ssh) == .silent)
                try await #expect(stage.client.finds(.unprotected) == .silent, "a dead gate is a closed gate")
                session.write("still here?")
                #expect(other.read() == "still here?")
                try await stage.withDaemon(sshDoor(openFor: "1m")) { daemon in
                    let leases = try await daemon.status().leases(of: "203.0.113.7")
                    #expect(leases.count == 1 && leases.allSatisfy { (45...58.8).contains($0.remaining) }, "\(leases)")
                    try await #expect(stage.client.finds(.ssh) == .accepted)
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a lease that was closed, or that ended meanwhile, doesn't come back`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                try await stage.serves(22)
                try await stage.withDaemon(sshDoor(openFor: "3s")) { daemon in
                    try await stage.client.knocks(sshKnocks)
                    try await daemon.knockgate("open", "ssh", "203.0.113.8", "--for", "1m").succeeded()
                    try await letASecondPass()
                    try await daemon.knockgate("close", "ssh", "203.0.113.8").succeeded()
                    try await letASecondPass()
                    try await daemon.kill()
                }
                try await letASecondPass()
                try await stage.withDaemon(sshDoor(openFor: "3s")) { daemon in
                    try await #expect(daemon.status().doors[0].leases.isEmpty)
                    try await #expect(stage.client.finds(.ssh) == .silent)
                    try await #expect(stage.stranger.finds(.ssh) == .silent)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a daemon that can't start leaves the leases of before as they were`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                try await stage.withDaemon(sshDoor(openFor: "1m")) { daemon in
                    try await stage.client.knocks(sshKnocks)
                    try await daemon.waits(until: "the door is open") { $0.opened == 1 }
                }
                let leases = try stage.contents(of: "state/leases")
                #expect(leases.contains("\nsealed "))
                let refused = try await stage.server.run(
                    .knockgated,
                    [
                        "--config", stage.path("knockgate.conf"), "--socket", stage.path("knockgate.conf"), "--state",
                        stage.path("state"),
                    ])
                #expect(refused.status == .exited(1) && refused.errors.contains("File exists"), "\(refused)")
                try #expect(stage.contents(of: "state/leases") == leases)
                try #expect(stage.contents(of: "knockgate.conf") == sshDoor(openFor: "1m"))
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a daemon that is told to stop first answers the thousands of packets that wait`() async throws {
            try await Stage.set(behind: .resetting) { stage in
                let last = try await stage.withDaemon(sshDoor()) { daemon in
                    try daemon.process.send(.suspend)
                    let datagrams = (0..<5000).map(ForgedKnock(port: 9).from)
                    try await stage.stranger.sends(datagrams)
                    async let attempt = stage.client.tries(.unprotected, patience: .milliseconds(950))
                    try await eventually("all wait in the queue") { try await stage.server.waitingPackets() == 5001 }
                    try daemon.process.send(.terminate)
                    try daemon.process.send(.resume)
                    return try await attempt
                }
                #expect(last.answer == .refused && last.retransmissions == 0, "by the firewall, on the first SYN")
                try await #expect(stage.server.refusedDatagrams() == 5000)
                try await #expect(stage.server.waitingPackets() == nil, "nobody is bound to the queue any longer")
            }
        }
    }
}

extension Machine {
    /// How many packets wait in queue 4747; nil when nobody is bound to it (proc's nfnetlink_queue, third field).
    func waitingPackets() async throws -> Int? {
        let table = try await run(Program.cat, ["/proc/net/netfilter/nfnetlink_queue"]).output
        let row = table.split(separator: "\n").map { $0.split(separator: " ") }.first { $0.first == "4747" }
        return row.flatMap { Int($0[2]) }
    }

    /// How many packets the firewall's last rule has refused.
    func refusedDatagrams() async throws -> Int? {
        let chain = try await run(.iptables, ["-L", "INPUT", "-v", "-n", "-x"]).output
        return chain.split(separator: "\n").last?.split(separator: " ").first.flatMap { Int($0) }
    }
}
