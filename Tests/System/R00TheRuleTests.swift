import KnockCore
import PacketForge
import Testing

extension Stories {
    @Suite struct `The rule` {
        @Test(.timeLimit(.minutes(1)))
        func `in filter with next, the firewall decides about every port that no door protects`() async throws {
            try await Stage.withDaemon(sshDoor(gate: ["otherwise = next"])) { stage, daemon in
                try await stage.serves(22)
                try await stage.serves(8080)
                try await #expect(stage.client.finds(.unprotected) == .refused)
                try await #expect(stage.client.finds(.ssh) == .silent)
                try await stage.client.knocks(sshKnocks)
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.client.finds(.unprotected) == .refused)
                let verdicts = try await daemon.status().verdicts
                #expect(verdicts.accept == 1 && verdicts.drop == 1 && verdicts.next == 5)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `in mangle with accept, the gate only subtracts from the firewall`() async throws {
            let configuration = """
                [gate]
                otherwise = accept
                [door both]
                protects = 22/tcp 8080/tcp
                sequence = 2222/udp 3333/tcp 4444/udp
                """
            try await Stage.withDaemon(configuration, behind: .admittingSSH, rule: QueueRule(table: "mangle")) {
                stage, _ in
                try await stage.serves(22)
                try await stage.serves(8080)
                try await #expect(stage.client.finds(.ssh) == .silent)
                try await #expect(stage.client.finds(.tcp(9090)) == .refused)
                try await stage.client.knocks(sshKnocks)
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.client.finds(.unprotected) == .refused, "the firewall still has its say")
                try await #expect(stage.stranger.finds(.ssh) == .silent)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a rule that lacks its mark match lets nothing through, and is noticed once`() async throws {
            try await Stage.withDaemon(sshDoor(), rule: QueueRule(matchesMark: false)) { stage, daemon in
                try await #expect(daemon.status().unmarkedRule == false)
                for port in 8080..<8090 { try await stage.client.knocks(.tcp(UInt16(port))) }
                try await #expect(stage.client.finds(.unprotected) == .silent)
                let status = try await daemon.status()
                #expect(status.unmarkedRule)
                #expect(status.verdicts.drop >= 11)
                try await daemon.waits(untilLogSays: "the rule lacks its mark match")
                #expect(daemon.log.count { $0.contains("the rule lacks its mark match") } == 1, "\(daemon.log)")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `other bits of a packet's mark are kept`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, _ in
                try await stage.serves(8080)
                // The firewall behind the gate lets in what a rule before the gate has marked.
                let mark = ["-t", "mangle", "-A", "PREROUTING", "-p", "tcp", "-j", "MARK", "--or-mark", "0x20"]
                try await stage.server.run(.iptables, mark).succeeded()
                let admit = ["-I", "INPUT", "2", "-m", "mark", "--mark", "0x1020/0xffffffff", "-j", "ACCEPT"]
                try await stage.server.run(.iptables, admit).succeeded()
                try await #expect(stage.client.finds(.unprotected) == .accepted)
                try await #expect(stage.client.finds(.udp(8080)) == .refused, "without that mark")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `the firewall's rules are the same before, while a door is open, and after`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                let before = try await stage.server.firewallRules()
                try await stage.withDaemon(sshDoor()) { daemon in
                    try await stage.client.knocks(sshKnocks)
                    try await daemon.waits(until: "the door is open") { $0.opened == 1 }
                    try await #expect(stage.server.firewallRules() == before)
                }
                try await #expect(stage.server.firewallRules() == before)
                #expect(
                    before.count {
                        $0
                            == "-A INPUT ! -i lo -m conntrack --ctstate NEW -m mark ! --mark 0x1000/0x1000 -j NFQUEUE --queue-num 4747"
                    } == 2)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `the rule that knockgate prints is taken out and put in as printed`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                let before = try await stage.server.firewallRules()
                let file = try stage.write(sshDoor(), to: "knockgate.conf")
                try await stage.server.runsLines(printedBy: ["rule", "--remove", "--config", file])
                try await #expect(!stage.server.firewallRules().contains { $0.contains("NFQUEUE") })
                try await stage.server.runsLines(printedBy: ["rule", "--config", file])
                try await #expect(stage.server.firewallRules() == before)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a narrow rule diverts the configured ports alone, and no scan is seen between them`() async throws {
            // Seventeen more TCP ports: iptables takes fifteen in one rule.
            let many =
                "[door many]\nprotects = \((8001...8017).map { "\($0)/tcp" }.joined(separator: " "))\nsequence = 7001/tcp 7003/udp\n"
            try await Stage.set(behind: .resetting) { stage in
                let file = try stage.write(sshDoor() + many, to: "narrow.conf")
                try await stage.server.runsLines(printedBy: ["rule", "--remove", "--config", file])
                try await stage.server.runsLines(printedBy: ["rule", "--narrow", "--config", file])
                try await stage.withDaemon(sshDoor() + many) { daemon in
                    try await stage.serves(22)
                    for port: Port in [.ssh, .tcp(8001), .tcp(8017)] {
                        try await #expect(stage.client.finds(port) == .silent)
                    }
                    for visitor in [stage.client, stage.client.at("2001:db8::7")] {
                        try await visitor.knocks(sshKnocks[0], sshKnocks[1])
                        try await #expect(visitor.finds(.unprotected) == .refused)
                        try await visitor.knocks(sshKnocks[2])
                        try await #expect(visitor.finds(.ssh) == .accepted)
                    }
                    let verdicts = try await daemon.status().verdicts
                    #expect(verdicts.next == 6 && verdicts.drop == 3 && verdicts.accept == 2, "\(verdicts)")
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `the printed file puts in the same rule, by either restore tool, and keeps all others`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                let before = try await stage.server.firewallRules()
                let file = try stage.write(sshDoor(), to: "knockgate.conf")
                try await stage.server.runsLines(printedBy: ["rule", "--remove", "--config", file])
                let printed = try await stage.server.run(.knockgate, ["rule", "--restore", "--config", file])
                try printed.succeeded()
                let load = "f=$(cat); for t in iptables ip6tables; do echo \"$f\" | $t-restore --noflush || exit; done"
                try await stage.server.run(.shell, ["-c", load], input: printed.output).succeeded()
                try await #expect(stage.server.firewallRules() == before)
            }
        }
    }
}

extension Machine {
    /// The rules of both families as iptables-save writes them, without counters, times and the chains' packet counts.
    func firewallRules() async throws -> [String] {
        let (ipv4, ipv6) = try await (run(.iptablesSave, []), run(.ip6tablesSave, []))
        try ipv4.succeeded()
        try ipv6.succeeded()
        return (ipv4.output + ipv6.output).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { String($0.prefix { $0 != "[" }) }
    }

    /// Runs what knockgate printed, as an administrator who pastes it into a shell.
    fileprivate func runsLines(printedBy arguments: [String]) async throws {
        let printed = try await run(.knockgate, arguments)
        try printed.succeeded()
        try await run(.shell, ["-e"], input: printed.output).succeeded()
    }
}
