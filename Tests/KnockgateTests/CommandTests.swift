import Foundation
import KnockControl
import Testing

@testable import knockgate

/// Each command as it is typed: what it says, where it says it, and its exit code.
@Suite struct CommandTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `without a command it shows the status`() throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.status(.example).bytes)
        let plain = try Program.run("--socket", daemon.path)
        let expected = Picture(lines: StatusTable(.example).lines).text(on: Terminal(size: nil, environment: [:]))
        #expect((plain.output, plain.errors, plain.code) == (expected, "", 0))
        #expect(try Program.run("status", "--socket", daemon.path).output == expected)
        #expect(daemon.requests == ["knockgate/1 status\n", "knockgate/1 status\n"])
    }

    @Test func `the status for programs is one line`() throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.status(.example).bytes)
        let program = try Program.run("status", "--json", "--socket", daemon.path)
        #expect((program.output, program.errors, program.code) == (Status.example.json + "\n", "", 0))
    }

    @Test func `open, close and reload say what the daemon has done`() throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.done("it is done").bytes)
        for arguments in [["open", "ssh", "::1", "--for", "1h30m"], ["close", "my-door", "192.0.2.1"], ["reload"]] {
            let program = try Program.run(arguments + ["--socket", daemon.path])
            #expect((program.output, program.errors, program.code) == ("it is done\n", "", 0))
        }
        #expect(
            daemon.requests == [
                "knockgate/1 open ssh ::1 5400s\n", "knockgate/1 close my-door 192.0.2.1\n", "knockgate/1 reload\n",
            ])
    }

    @Test func `open without a duration leaves it to the door`() throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.done("").bytes)
        #expect(try Program.run("open", "ssh", "192.0.2.1", "--socket", daemon.path).code == 0)
        #expect(daemon.requests == ["knockgate/1 open ssh 192.0.2.1\n"])
    }

    @Test func `what the daemon refuses is said on the standard error, and ends with 1`() throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.refused("a.conf:1:1: no\na.conf:2:1: no").bytes)
        let program = try Program.run("reload", "--socket", daemon.path)
        #expect((program.output, program.code) == ("", 1))
        #expect(program.errors == "knockgate: a.conf:1:1: no\na.conf:2:1: no\n")
    }

    @Test(arguments: [["status"], ["status", "--json"], ["status", "--watch"], ["open", "ssh", "::1"], ["reload"]])
    func `without a daemon they end with 3`(arguments: [String]) throws {
        let path = scratch.path + "/none"
        let program = try Program.run(arguments + ["--socket", path])
        #expect((program.output, program.code) == ("", 3))
        #expect(
            program.errors.hasPrefix(
                "knockgate: no daemon at \(path): start knockgated (as a service: \"systemctl start knockgate\")"))
    }

    @Test(arguments: [
        (["stauts"], #"no command "stauts": "knockgate help" names those there are"#),
        (["status", "now"], "Unexpected argument 'now'"),
        (["--jso"], "Unknown option '--jso'"),
        (["doctor", "now"], "Unexpected argument 'now'"),
        (["open", "ssh"], "Missing expected argument '<address>'"),
        (["open", "ssh", "192.0.2"], #""192.0.2" is not an IPv4 or IPv6 address"#),
        (["open", "ssh", "192.0.2.1", "--for", "0"], "a duration is written 15s, 5m, 1h30m or 500ms"),
        (["knock"], "Missing expected argument '<host>'"),
        (["knock", "localhost", "0"], #"a port is 1 to 65535, not "0""#),
        (["knock", "-4", "-6", "localhost", "1"], "Value to be set with flag '-6'"),
        (["rule", "--nft", "--remove", "--restore"], "leave --restore out"),
    ])
    func `bad usage ends with 2 and says what was expected`(arguments: [String], words: String) throws {
        let program = try Program.run(arguments)
        #expect((program.output, program.code) == ("", 2))
        #expect(program.errors.contains(words))
    }

    @Test func `help and version are answers`() throws {
        for arguments in [["--version"], ["version"]] {
            let program = try Program.run(arguments)
            #expect((program.output, program.errors, program.code) == ("knockgate 0.1.0\n", "", 0))
        }
        for command in [
            "status", "open", "close", "reload", "doctor", "check", "rule", "replay", "convert", "knock", "connect",
            "version",
        ] {
            let program = try Program.run([command, "--help"])
            #expect(program.output.hasPrefix("OVERVIEW: ") && program.output.contains("USAGE: knockgate \(command)"))
            #expect((program.errors, program.code) == ("", 0))
            #expect(try Program.run(["help", command]).output == program.output)
        }
    }
}
