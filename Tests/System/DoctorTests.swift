import Foundation
import PacketForge
import Subprocess
import Testing

extension Stories {
    @Suite struct `The doctor` {
        @Test(.timeLimit(.minutes(1)))
        func `finds nothing wrong with a gate that is as it should be, and changes nothing`() async throws {
            try await Stage.withDaemon(sshDoor(), behind: .rejecting) { stage, daemon in
                try await stage.serves(22)
                let before = try await stage.allRules()
                let visit = try await stage.doctor()
                #expect(visit.summary == "nothing is wrong" && visit.status == .exited(0), "\(visit)")
                #expect(visit.lines.filter { $0.hasPrefix("ok ") }.count == 6, "\(visit)")
                try await #expect(stage.allRules() == before)
                let status = try await daemon.status()
                #expect(status.verdicts.total == 0)
            }
        }

        /// What is done to the server's firewall, what the doctor says of it, and how many things are wrong then.
        static let faults: [(fault: String, words: String, wrong: Int)] = [
            ("iptables -D INPUT 1; ip6tables -D INPUT 1", "no rule sends new packets to queue 4747", 1),
            ("ip6tables -D INPUT 1", "no IPv6 rule sends new packets to queue 4747: over IPv6 there is no gate", 1),
            ("iptables -D INPUT 1", "no IPv4 rule sends new packets to queue 4747: over IPv4 there is no gate", 1),
            ("iptables -R INPUT 1 \(newAndUnmarked) -j NFQUEUE --queue-num 4747 --queue-bypass", "has the bypass", 1),
            ("iptables -R INPUT 1 \(new) -j NFQUEUE --queue-num 4747", "lacks its mark match", 1),
            (
                "iptables -R INPUT 1 \(new) -m mark ! --mark 2/2 -j NFQUEUE --queue-num 4747",
                "leaves out mark 0x2/0x2", 1
            ),
            ("iptables -R INPUT 1 \(unmarked) -j NFQUEUE --queue-num 4747", "takes established connections, too", 1),
            ("iptables -R INPUT 1 \(newAndUnmarked) -j NFQUEUE --queue-num 7", "sends packets to queue 7", 1),
            ("iptables -I INPUT -p tcp --dport 22 -j ACCEPT", "accepts what comes to 22/tcp ahead of the gate", 1),
            (
                "ip6tables -N own; ip6tables -A own -p tcp -m multiport --dports 20:22 -j ACCEPT; ip6tables -I INPUT -j own",
                "IPv6: rule 1 of own (-p tcp -m multiport --dports 20:22 -j ACCEPT) accepts", 1
            ),
            (
                "iptables -D INPUT 1; iptables -A INPUT \(newAndUnmarked) -j NFQUEUE --queue-num 4747",
                "drops what comes to 22/tcp ahead of the gate", 1
            ),
            ("iptables -I INPUT -p udp --dport 2222 -j DROP", "takes a knock of door ssh ahead of the gate", 1),
            ("ip6tables -D INPUT 3", "IPv6: rule 4 of INPUT drops established connections", 1),
            (
                "for t in iptables ip6tables; do $t -F; $t -A INPUT -p ipv6-icmp -j ACCEPT; $t -P INPUT DROP; done",
                "no rule sends new packets", 1
            ),
        ]
        static let new = "! -i lo -m conntrack --ctstate NEW"
        static let unmarked = "! -i lo -m mark ! --mark 0x1000/0x1000"
        static let newAndUnmarked = "\(new) -m mark ! --mark 0x1000/0x1000"

        @Test(.timeLimit(.minutes(1)), arguments: faults)
        func `finds a fault in the firewall, and its commands mend it`(fault: String, words: String, wrong: Int)
            async throws
        {
            try await Stage.withDaemon(sshDoor(), behind: .rejecting) { stage, daemon in
                try await stage.serves(22)
                try await stage.server.run(.shell, ["-ec", fault]).succeeded()
                let before = try await stage.allRules()
                let visit = try await stage.doctor()
                #expect(visit.status == .exited(1))
                #expect(visit.lines.contains { $0.hasPrefix("wrong  ") && $0.contains(words) }, "\(visit)")
                #expect(visit.summary == (wrong == 1 ? "1 thing is wrong" : "\(wrong) things are wrong"), "\(visit)")
                try await #expect(stage.allRules() == before)

                try await stage.pastes(visit.commands)
                var mended = try await stage.doctor()
                if mended.status != .exited(0) {  // A rule that's there again can show what its absence hid.
                    try await stage.pastes(mended.commands)
                    mended = try await stage.doctor()
                }
                #expect(mended.summary == "nothing is wrong", "\(visit)\n\(mended)")
                for visitor in [stage.client, stage.client.at("2001:db8::7")] {
                    try await #expect(visitor.finds(.ssh) == .silent)
                    try await visitor.knocks(sshKnocks)
                    try await #expect(visitor.finds(.ssh) == .accepted)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `in mangle, finds that the firewall behind the gate lets nobody in`() async throws {
            let rule = QueueRule(table: "mangle")
            try await Stage.withDaemon(sshDoor(gate: ["otherwise = accept"]), behind: .dropping, rule: rule) {
                stage, _ in
                try await stage.serves(22)
                let visit = try await stage.doctor()
                #expect(
                    visit.lines.filter { $0.contains("the gate alone can't let anybody in to 22/tcp") }.count == 2,
                    "\(visit)")
                try await stage.client.knocks(sshKnocks)
                try await #expect(stage.client.finds(.ssh) == .silent, "so it is")
                try await stage.pastes(visit.commands)
                try await #expect(stage.doctor().summary == "nothing is wrong")
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.stranger.finds(.ssh) == .silent)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `finds doors that stand open to all since the firewall refuses nobody`() async throws {
            try await Stage.withDaemon(sshDoor(gate: ["closed = next"]), behind: .admittingSSH) { stage, _ in
                try await stage.serves(22)
                let visit = try await stage.doctor()
                let words =
                    "closed = next leaves 22/tcp to the firewall, where rule 5 of INPUT (-p tcp -m tcp --dport 22 -j ACCEPT) lets everybody in"
                #expect(visit.lines.filter { $0.contains(words) }.count == 2, "\(visit)")
                try await #expect(stage.stranger.finds(.ssh) == .accepted, "so it is")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `sees a rule that stands in iptables-legacy, and the other backend's chains behind it`() async throws {
            try await Stage.withDaemon(sshDoor(), behind: .rejecting) { stage, _ in
                try await stage.serves(22)
                let rule = "\(Self.newAndUnmarked) -j NFQUEUE --queue-num 4747"
                let move = "for t in iptables ip6tables; do $t -D INPUT 1; $t-legacy -I INPUT \(rule); done"
                try await stage.server.run(.shell, ["-ec", move]).succeeded()
                let visit = try await stage.doctor()
                #expect(visit.status == .exited(1), "what the gate accepts is rejected in the other backend's chain")
                #expect(!visit.lines.contains { $0.contains("no rule sends new packets") }, "\(visit)")
                try await stage.server.run(.shell, ["-ec", "iptables -F; ip6tables -F"]).succeeded()
                try await #expect(stage.doctor().summary == "nothing is wrong")
                try await stage.client.knocks(sshKnocks)
                try await #expect(stage.client.finds(.ssh) == .accepted)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `sees nftables' own chains behind the gate`() async throws {
            let ruleset = """
                table inet own {
                    chain input {
                        type filter hook input priority 10; policy drop;
                        ct state vmap { established : accept, related : accept, invalid : drop }
                        iif "lo" accept
                        meta l4proto { icmp, ipv6-icmp } accept
                        tcp dport { 80, 443 } accept
                    }
                }
                """
            try await Stage.withDaemon(sshDoor(), behind: .rejecting) { stage, _ in
                try await stage.serves(22)
                try await stage.server.run(.nft, ["-f", "-"], input: ruleset).succeeded()
                let visit = try await stage.doctor()
                let words =
                    "the gate alone can't let anybody in to 22/tcp: behind it the policy of input in inet own drops"
                #expect(visit.lines.filter { $0.contains(words) }.count == 2, "\(visit)")
                try await stage.client.knocks(sshKnocks)
                try await #expect(stage.client.finds(.ssh) == .silent, "so it is")
                try await stage.pastes(visit.commands)
                try await #expect(stage.doctor().summary == "nothing is wrong")
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(stage.stranger.finds(.ssh) == .silent)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `finds a daemon that is down, and a port where nobody listens`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                try stage.write(sshDoor(), to: "knockgate.conf")
                let visit = try await stage.doctor()
                #expect(
                    visit.lines.contains { $0.hasPrefix("wrong  no daemon answers at \(stage.path("control.sock"))") })
                #expect(visit.lines.contains { $0.hasPrefix("wrong  nothing listens on 22/tcp") })
                #expect(visit.commands == ["systemctl start knockgate", "systemctl start ssh"])
                #expect(visit.summary == "2 things are wrong" && visit.status == .exited(1), "\(visit)")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `finds the program that has taken the queue`() async throws {
            try await Stage.set(behind: .rejecting) { stage in
                try await stage.serves(22)
                let file = try stage.write(sshDoor(), to: "knockgate.conf")
                // Any program that binds the queue will do, by another name.
                let intruder = Program(name: stage.path("intruder"), package: "none")
                try FileManager.default.copyItem(atPath: Program.knockgated.path, toPath: intruder.name)
                let arguments = [
                    "--config", file, "--socket", stage.path("other.sock"), "--state", stage.path("other"),
                ]
                let ending = try await stage.server.hosting(intruder, arguments, ready: "ready") { process in
                    let visit = try await stage.doctor()
                    #expect(
                        visit.lines.contains {
                            $0.hasPrefix("wrong  queue 4747 is bound by process \(process.pid) (intruder)")
                        })
                    #expect(visit.commands == ["systemctl start knockgate", "kill \(process.pid)"], "\(visit)")
                    try await stage.pastes(visit.commands.suffix(1))
                    try await eventually("the intruder has ended") { process.log.isOver }
                }.ending
                #expect(ending == .exited(0))
                try await stage.withDaemon(sshDoor()) { _ in
                    try await #expect(stage.doctor().summary == "nothing is wrong")
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `finds a configuration that others can read, that is broken, that is gone`() async throws {
            try await Stage.withDaemon(sshDoor(), behind: .rejecting) { stage, _ in
                try await stage.serves(22)
                let file = stage.path("knockgate.conf")
                try await stage.server.run(.shell, ["-c", "chmod 644 \(file)"]).succeeded()
                let exposed = try await stage.doctor()
                #expect(
                    exposed.lines[0]
                        == "wrong  \(file) is open to others (mode 0644), and the sequences in it are secrets")
                try await stage.pastes(exposed.commands)
                try await #expect(stage.doctor().summary == "nothing is wrong")
                try stage.write("[door]\n", to: "knockgate.conf")
                let broken = try await stage.doctor()
                #expect(broken.lines[0].hasPrefix("wrong  the configuration \(file) has 3 errors"), "\(broken)")
                #expect(broken.commands == ["knockgate check \(file)"])
                try FileManager.default.removeItem(atPath: file)
                let gone = try await stage.doctor()
                #expect(gone.lines[0].contains("could not be read") && gone.status == .exited(1), "\(gone)")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `doesn't call fine what it has no right to look at`() async throws {
            try await Stage.withDaemon(sshDoor(), behind: .rejecting) { stage, _ in
                try await stage.serves(22)
                let powerless = ["--bounding-set=-all", "--inh-caps=-all"]
                let visit = try await stage.doctor(through: powerless)
                for family in ["IPv4", "IPv6"] {
                    #expect(
                        visit.lines.contains { $0.hasPrefix("wrong  could not look at the \(family) firewall") },
                        "\(visit)")
                    #expect(!visit.lines.contains { $0.hasPrefix("ok     the \(family) firewall") }, "\(visit)")
                }
                #expect(visit.status == .exited(1))
            }
        }
    }
}

/// What the doctor said, in parts.
private struct DoctorVisit: CustomStringConvertible {
    let description: String
    let status: TerminationStatus

    /// The findings, a line each.
    var lines: [String] { all.dropLast().filter { !$0.hasPrefix(" ") && !$0.isEmpty } }
    /// The commands to paste, in order.
    var commands: [String] { all.filter { $0.hasPrefix(indent) }.map { String($0.dropFirst(indent.count)) } }
    var summary: String? { all.last }

    private let indent = String(repeating: " ", count: 11)
    private var all: [String] { description.split(separator: "\n").map(String.init) }
}

extension Stage {
    /// Has the doctor look at the server; with setpriv's options, as somebody with less rights.
    fileprivate func doctor(through options: [String] = []) async throws -> DoctorVisit {
        let command = try [
            Program.knockgate.path, "doctor", "--config", path("knockgate.conf"), "--socket", path("control.sock"),
        ]
        let finished = try await server.run(.setpriv, options + ["--"] + command)
        #expect(finished.errors == "")
        return DoctorVisit(description: finished.output, status: finished.status)
    }

    /// Pastes commands into a root shell on the server, where `knockgate` is on the path.
    fileprivate func pastes(_ commands: some Collection<String>) async throws {
        #expect(!commands.isEmpty)
        let folder = try URL(fileURLWithPath: Program.knockgate.path).deletingLastPathComponent().path
        let lines = ["export PATH=\(folder):/usr/sbin:/usr/bin:/sbin:/bin"] + commands
        try await server.run(.shell, ["-e"], input: lines.joined(separator: "\n") + "\n").succeeded()
    }

    /// All of the server's rules, as both tools show them.
    fileprivate func allRules() async throws -> [String] {
        let native = try await server.run(.nft, ["list", "ruleset"])
        try native.succeeded()
        let lines = native.output.replacing(#/counter packets \d+ bytes \d+/#, with: "counter").split(separator: "\n")
        return try await server.firewallRules() + lines.map(String.init)
    }
}

extension Program {
    fileprivate static let setpriv = Program(name: "setpriv", package: "util-linux")
    fileprivate static let nft = Program(name: "nft", package: "nftables")
}
