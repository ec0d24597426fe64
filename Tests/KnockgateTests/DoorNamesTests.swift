import KnockControl
import Testing

@testable import knockgate

/// The doors that a shell offers behind `knockgate open` and `knockgate close`.
@Suite struct DoorNamesTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `the daemon that runs names its doors`() throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.status(.example).bytes)
        let file = try scratch.file("good.conf", goodConfiguration)
        let names = Status.example.doors.map(\.name)
        #expect(!names.isEmpty && names != ["ssh", "web"])
        #expect(DoorNames.known(socket: daemon.path, config: file) == names)
    }

    @Test func `without a daemon the configuration names them`() throws {
        let file = try scratch.file("good.conf", goodConfiguration)
        #expect(DoorNames.known(socket: scratch.path + "/none", config: file) == ["ssh", "web"])
    }

    @Test func `a daemon that doesn't answer is not waited for`() throws {
        let daemon = try FakeDaemon(in: scratch, answering: [], hangsUp: false)
        let file = try scratch.file("good.conf", goodConfiguration)
        let start = ContinuousClock.now
        #expect(DoorNames.known(socket: daemon.path, config: file) == ["ssh", "web"])
        #expect(ContinuousClock.now - start < .seconds(3))
    }

    @Test func `without either there are none`() throws {
        let none = scratch.path + "/none"
        #expect(DoorNames.known(socket: none, config: none) == [])
        #expect(DoorNames.known(socket: none, config: nil) == [])
        let file = try scratch.file("bad.conf", "[door ssh]\n")
        #expect(DoorNames.known(socket: none, config: file) == [])
    }

    @Test(
        arguments: [
            ([], nil), (["--socket"], nil), (["--socket="], nil), (["--socket", "a"], "a"),
            (["--socket=a=b", "c"], "a=b"),
            (["--socket", "=", "a"], "a"), (["--socket", "a", "--socket=b", "c"], "b"),
        ] as [([String], String?)])
    func `the socket is the one that the command line names`(options: [String], path: String?) {
        #expect((["knockgate", "open"] + options).value(of: "--socket") == path)
    }

    @Test(arguments: ["open", "close"])
    func `a shell is given the names, a line each`(command: String) throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.status(.example).bytes)
        let program = try Program.run(
            "---completion", command, "--", "positional@0", "2", "0", "knockgate", command, "", "--socket", daemon.path)
        #expect(program.output == Status.example.doors.map { $0.name + "\n" }.joined())
        #expect((program.errors, program.code) == ("", 0))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `there is a script for each shell, and it asks for the names`(shell: String) throws {
        let program = try Program.run("--generate-completion-script", shell)
        #expect((program.errors, program.code) == ("", 0))
        for command in ["open", "close"] {
            #expect(program.output.contains("---completion \(command) -- positional@0"))
        }
    }
}
