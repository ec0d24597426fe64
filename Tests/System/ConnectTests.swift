import KnockCore
import PacketForge
import Subprocess
import Testing

extension Stories {
    @Suite struct `Knocking made pleasant` {
        @Test(.timeLimit(.minutes(1)))
        func `a known host is knocked at by its name, and its door is closed by it`() async throws {
            let door = sshDoor(["close_sequence = 4444/udp 3333/tcp 2222/udp"])
            try await Stage.withDaemon(door, behind: .rejecting) { stage, _ in
                try await stage.serves(22)
                for visitor in stage.bothFamilies {
                    try await stage.client.runs("knock", stage.knownHosts(), "\(visitor.server)").succeeded()
                    try await #expect(visitor.finds(.ssh) == .accepted)
                    try await stage.client.runs("knock", stage.knownHosts(), "--close", "\(visitor.server)").succeeded()
                    try await #expect(visitor.finds(.ssh) == .silent)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)), arguments: Firewall.allCases.filter { $0 != .admittingSSH })
        func `--verify says whether the door opened`(firewall: Firewall) async throws {
            try await Stage.withDaemon(sshDoor(), behind: firewall) { stage, daemon in
                try await stage.serves(22)
                for visitor in stage.bothFamilies {
                    let name = "\(visitor.server)"
                    let opened = try await stage.client.runs("knock", stage.knownHosts(), "--verify", name)
                    #expect(opened.status == .exited(0) && opened.errors == "", "\(opened)")
                    #expect(opened.output == (name.contains(":") ? "[\(name)]:22 is open\n" : "\(name):22 is open\n"))
                }
                let words = ["2222/udp", "4444/udp", "3333/tcp"]
                let wrong = try await stage.stranger.runs("knock", "--verify-port", "22", "203.0.113.5", words: words)
                #expect(wrong.status == .exited(1) && wrong.output == "", "\(wrong)")
                let complaint = "knockgate: 203.0.113.5:22 is closed after 3 rounds of knocks (no answer): "
                #expect(wrong.errors.hasPrefix(complaint))
                try await #expect(daemon.status().opened == 2)
            }
        }

        @Test(.timeLimit(.minutes(1)), arguments: [Port.udp(2222), .tcp(3333), .udp(4444)])
        func `a knock that was lost is mended by another round`(lost: Port) async throws {
            try await Stage.withDaemon(sshDoor(["connections = 1"])) { stage, daemon in
                try await stage.serves(22)
                try await stage.loses(first: 1, of: lost)
                let knocked = try await stage.client.runs("knock", stage.knownHosts(), "--verify", "203.0.113.5")
                #expect(knocked.output == "203.0.113.5:22 is open, with 50 ms between the knocks\n", "\(knocked)")
                try await #expect(daemon.status().opened == 1)
                try await #expect(stage.client.finds(.ssh) == .silent, "to verify takes the one connection")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a knock that is lost twice is mended by the third round`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, _ in
                try await stage.serves(22)
                try await stage.loses(first: 2, of: .tcp(3333))
                let knocked = try await stage.client.runs("knock", stage.knownHosts(), "-v", "--verify", "203.0.113.5")
                #expect(knocked.output.hasSuffix("203.0.113.5:22 is open, with 250 ms between the knocks\n"))
                #expect(knocked.output.matches(of: /hitting tcp 203\.0\.113\.5:3333 at [0-9.]+ ms\n/).count == 3)
            }
        }
    }

    @Suite struct `A way through the door` {
        @Test(.timeLimit(.minutes(1)), arguments: Firewall.allCases.filter { $0 != .admittingSSH })
        func `connect opens a closed door, and hears the answer to what it said`(firewall: Firewall) async throws {
            try await Stage.withDaemon(sshDoor(["connections = 1"]), behind: firewall) { stage, daemon in
                let listener = try await stage.serves(22)
                for visitor in stage.bothFamilies {
                    async let finished = stage.client.runs(
                        "connect", stage.knownHosts(), "\(visitor.server)", "22", input: "a question")
                    let other = try await listener.accept()
                    #expect(other.read() == "a question")
                    #expect(other.read() == nil, "the end of the question is heard")
                    other.write("an answer")
                    other.end()
                    let ended = try await finished
                    #expect(ended.status == .exited(0) && ended.output == "an answer", "\(ended)")
                    #expect(ended.errors == "")
                }
                try await #expect(daemon.status().opened == 2)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `connect doesn't knock where the door is open`() async throws {
            try await Stage.withDaemon(sshDoor(openFor: "60s")) { stage, daemon in
                let listener = try await stage.serves(22)
                try await stage.client.knocks(sshKnocks)
                let before = try await daemon.waits(until: "the door is open") { $0.opened == 1 }
                async let finished = stage.client.runs("connect", stage.knownHosts(), "-v", "203.0.113.5", "ssh")
                let other = try await listener.accept()
                other.write("come in")
                other.end()
                let ended = try await finished
                #expect(ended.status == .exited(0) && ended.output == "come in", "\(ended)")
                #expect(ended.errors.hasPrefix("trying tcp 203.0.113.5:22 at ") && !ended.errors.contains("hitting"))
                let status = try await daemon.status()
                #expect(status.opened == 1 && status.verdicts.next == before.verdicts.next)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `connect says so when there's no way in, and when the connection breaks`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, _ in
                let nobody = try await stage.client.runs("connect", stage.knownHosts(), "203.0.113.5", "22")
                #expect(nobody.status == .exited(1) && nobody.output == "", "\(nobody)")
                let complaint = "knockgate: 203.0.113.5:22 is closed after 3 rounds of knocks (Connection refused): "
                #expect(nobody.errors.hasPrefix(complaint))

                let listener = try await stage.serves(22)
                async let finished = stage.client.runs("connect", stage.knownHosts(), "203.0.113.5", "22")
                try await listener.accept().reset()
                let ended = try await finished
                #expect(ended.status == .exited(1), "\(ended)")
                #expect(ended.errors == "knockgate: the connection broke: Connection reset by peer\n")
            }
        }
    }
}

extension Stage {
    /// The client at its IPv4 address, and at its IPv6 address.
    var bothFamilies: [Visitor] { [client, client.at("2001:db8::7")] }

    /// A hosts.conf of whoever knows the door that most stories have: under the server's addresses. Answers the option
    /// that names it.
    func knownHosts() throws -> String {
        let sections = bothFamilies.map { visitor in
            """
            [host \(visitor.server)]
            sequence = 2222/udp 3333/tcp 4444/udp
            close_sequence = 4444/udp 3333/tcp 2222/udp
            verify = 22/tcp

            """
        }
        return try "--hosts=" + write(sections.joined(), to: "hosts.conf")
    }

    /// Has the first so many knocks on this port come to nothing, before anybody sees them.
    func loses(first count: Int, of port: Port) async throws {
        for _ in 0..<count {  // What one rule lost, the next doesn't see.
            try await server.run(
                .iptables,
                [
                    "-t", "raw", "-A", "PREROUTING", "-p", "\(port.transport)", "--dport", "\(port.number)", "-m",
                    "statistic", "--mode", "nth", "--every", "1000000", "--packet", "0", "-j", "DROP",
                ]
            ).succeeded()
        }
    }
}

extension Visitor {
    /// Runs one of knockgate's commands on this visitor's machine.
    func runs(_ arguments: String..., words: [String] = [], input: String = "") async throws -> Finished {
        try await machine.run(.knockgate, arguments + words, input: input, within: .seconds(20))
    }
}
