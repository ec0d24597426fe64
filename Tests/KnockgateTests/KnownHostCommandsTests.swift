import Foundation
import Testing

@testable import knockgate

/// `knock` and `connect` with hosts.conf; the loopback answers, or refuses.
@Suite struct KnownHostCommandsTests {
    let scratch: Scratch
    let hosts: String

    init() throws {
        scratch = try Scratch()
        hosts = try scratch.file(
            "hosts.conf",
            """
            [host bastion]
            address = 127.0.0.1
            sequence = 9/udp 9/tcp 10/udp
            close_sequence = 10/tcp 9
            [host slow]
            address = ::1
            family = 6
            sequence = 9 10 9
            delay = 100ms
            verify = 9/tcp

            """)
    }

    private func run(_ arguments: String...) throws -> Program {
        try Program.run([arguments[0], "--hosts", hosts] + arguments.dropFirst())
    }

    /// When each knock left, in milliseconds since the first.
    private func times(of program: Program) -> [Int] {
        program.output.matches(of: #/ at ([0-9]+)/#).compactMap { Int($0.1) }
    }

    @Test func `a host is knocked at by its name, in any case of letters`() throws {
        for name in ["bastion", "Bastion"] {
            let program = try run("knock", "-v", name)
            #expect(
                program.knocks == ["hitting udp 127.0.0.1:9", "hitting tcp 127.0.0.1:9", "hitting udp 127.0.0.1:10"])
            #expect((program.errors, program.code) == ("", 0))
        }
    }

    @Test func `--close knocks its closing sequence`() throws {
        let program = try run("knock", "-v", "--close", "bastion")
        #expect(program.knocks == ["hitting tcp 127.0.0.1:10", "hitting tcp 127.0.0.1:9"])
        let none = try run("knock", "--close", "slow")
        #expect((none.output, none.code) == ("", 1))
        #expect(none.errors == "knockgate: host slow has no close_sequence in \(hosts)\n")
    }

    @Test func `what the file says of delay and family holds unless the command line says otherwise`() throws {
        let slow = try run("knock", "-v", "slow")
        #expect(slow.knocks == ["hitting tcp [::1]:9", "hitting tcp [::1]:10", "hitting tcp [::1]:9"])
        let times = times(of: slow)
        #expect(times.count == 3 && times[1] >= 100 && times[2] >= 200)
        // A busy machine may hold up one run or another; the delay would hold up each.
        let isPrompt = try (1...10).contains { _ in
            try self.times(of: run("knock", "-v", "-d", "0", "--family", "any", "slow"))[2] < 200
        }
        #expect(isPrompt)
        for options in [["-4"], ["--family", "4"], ["--ipv4", "--family=4"]] {
            let program = try Program.run(["knock", "--hosts", hosts] + options + ["slow"])
            #expect(program.errors.hasPrefix("knockgate: no address for ::1: ") && program.code == 1)
        }
    }

    @Test func `knocks on the command line need no file, and take no host from it`() throws {
        let program = try run("knock", "-v", "bastion.invalid", "9")
        #expect(program.errors.hasPrefix("knockgate: no address for bastion.invalid: "))
        #expect(try Program.run("knock", "--hosts", scratch.path + "/none", "127.0.0.1", "9").code == 0)
    }

    @Test(arguments: ["knock", "connect"])
    func `a host that isn't known is told with the nearest one, or with what to write`(command: String) throws {
        let port = command == "connect" ? ["22"] : []
        let near = try Program.run([command, "--hosts", hosts, "bastoin"] + port)
        #expect(near.errors == "knockgate: no host \"bastoin\" in \(hosts): did you mean \"bastion\"?\n")
        let none = scratch.path + "/none"
        let absent = try Program.run([command, "--hosts", none, "gate.example"] + port)
        #expect(absent.errors.hasPrefix("knockgate: no host \"gate.example\" in \(none), which isn't there: "))
        #expect(absent.errors.contains("\n    [host gate.example]\n    sequence = "))
        #expect([near.code, absent.code] == [1, 1])
    }

    @Test func `a file with errors, or that others may read, isn't used`() throws {
        let bad = try scratch.file("bad.conf", "[host bastion]\nsequenze = 1\n")
        let program = try Program.run("knock", "--hosts", bad, "bastion")
        #expect(program.code == 1 && program.errors.contains("\(bad):2:1: unknown key \"sequenze\""))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: hosts)
        let open = try run("knock", "bastion")
        #expect(open.code == 1 && open.errors.contains("chmod 600"), "\(open.errors)")
    }

    @Test func `a closed door is told with its place and why, and ends with 1`() throws {
        let verified = try run("knock", "-v", "--verify", "-d", "0", "slow")
        let connected = try run("connect", "-d", "0", "slow", "9")
        for program in [verified, connected] {
            #expect(program.code == 1)
            #expect(
                program.errors.hasPrefix("knockgate: [::1]:9 is closed after 3 rounds of knocks (Connection refused): ")
            )
        }
        #expect(connected.output == "")
        let rounds = verified.knocks
        try #require(rounds.count == 3 * 4 + 2)
        #expect(rounds[3...4] == ["trying tcp [::1]:9", "knocking again, with 50 ms between the knocks"])
        #expect(rounds[9] == "knocking again, with 250 ms between the knocks")
    }

    @Test func `to verify there must be a port`() throws {
        let program = try run("knock", "--verify", "bastion")
        #expect((program.output, program.code) == ("", 2))
        #expect(program.errors.hasPrefix("knockgate: no port to verify: "))
    }

    @Test(arguments: [
        (["knock", "-4", "--family", "6", "h"], "-4 and --family 6 don't go together"),
        (["knock", "--family", "5", "h"], "Please provide one of '4', '6' or 'any'"),
        (["knock", "--verify-port", "53/udp", "h"], "one over UDP can't be verified"),
        (["knock", "--close", "--verify", "h"], "--close and --verify don't go together"),
        (["knock", "--close", "h", "1"], "--close is for hosts of hosts.conf"),
        (["connect", "h"], "Missing expected argument '<port>'"),
        (["connect", "h", "0"], "a port is 1 to 65535, or the name of a service such as ssh, not \"0\""),
        (["connect", "h", "no-such-service"], "not \"no-such-service\""),
    ])
    func `bad usage ends with 2 and says what was expected`(arguments: [String], words: String) throws {
        let program = try Program.run(arguments)
        #expect((program.output, program.code) == ("", 2))
        #expect(program.errors.contains(words), "\(program.errors)")
    }

    @Test(arguments: ["knock", "connect"])
    func `a shell is given the names of hosts`(command: String) throws {
        let script = try Program.run("--generate-completion-script", "bash").output
        #expect(script.contains("---completion \(command) -- positional@0"))
        let program = try Program.run(
            "---completion", command, "--", "positional@0", "2", "0", "knockgate", command, "", "--hosts", hosts)
        #expect(program.output == "bastion\nslow\n")
    }
}
