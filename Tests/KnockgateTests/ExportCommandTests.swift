import Foundation
import KnockConfig
import KnockCore
import Testing

@testable import knockgate

@Suite struct ExportCommandTests {
    private let section = """
        [host gate.example.org]
        address = gate.example.org
        sequence = 2222/udp 4444/tcp 3333/tcp
        verify = 22/tcp

        """
    let scratch: Scratch
    let file: String

    init() throws {
        scratch = try Scratch()
        file = try scratch.file("good.conf", goodConfiguration)
    }

    @Test func `it prints the section, and nothing beside it into a file`() throws {
        let program = try export("ssh", "--address", "gate.example.org")
        #expect((program.output, program.errors, program.code) == (section, "", 0))
    }

    @Test func `the client may have a name of its own for the host`() throws {
        let program = try export("web", "--address", "fe80::1%eth0", "--name", "shop")
        let known = KnownHosts.read(ConfigurationText(file: "hosts.conf", text: program.output))
        #expect(known["shop"]?.address == "fe80::1%eth0")
        #expect(known["shop"]?.sequence.knocks == [.tcp(1122), .udp(3344), .tcp(2233)])
    }

    @Test func `what can't be said in a section is warned of`() throws {
        let dns = "\n[door dns]\nprotects = 53/udp\nsequence = 9 5 7\n"
        let other = try scratch.file("other.conf", goodConfiguration + dns)
        let program = try Program.run("export", "dns", "--address", "a", "--config", other)
        #expect(program.output == "[host a]\naddress = a\nsequence = 9/tcp 5/tcp 7/tcp\n")
        #expect(
            program.errors
                == "knockgate: warning: door dns protects no TCP port: a client can't verify that it has opened\n")
        #expect(program.code == 0)
    }

    @Test(arguments: [
        ("shs", "did you mean \"ssh\"?"), ("SSH", "did you mean \"ssh\"?"), ("bananas", "the doors are ssh, web"),
    ])
    func `a door that isn't there is refused, with the nearest name`(door: String, hint: String) throws {
        let program = try export(door, "--address", "a")
        #expect((program.output, program.code) == ("", 1))
        #expect(program.errors == "knockgate: no door \"\(door)\" in \(file): \(hint)\n")
    }

    @Test func `a configuration without doors says so, and one with errors which`() throws {
        let empty = try scratch.file("empty.conf", "")
        let none = try Program.run("export", "ssh", "--address", "a", "--config", empty)
        #expect((none.output, none.errors) == ("", "knockgate: no door \"ssh\" in \(empty): it has none\n"))
        let bad = try scratch.file("bad.conf", "[gate]\nqueue = x\n")
        let refused = try Program.run("export", "ssh", "--address", "a", "--config", bad)
        #expect((refused.output, refused.code) == ("", 1))
        #expect(refused.errors.hasPrefix("knockgate: \(bad):2:9: queue is"))
    }

    @Test(arguments: [
        (["ssh"], "Missing expected argument '--address <host>'"),
        (["--address", "a"], "Missing expected argument '<door>'"),
        (
            ["ssh", "--address", "a b"],
            "an address is a host's name, or written 203.0.113.5 or 2001:db8::5, not \"a b\""
        ),
        (["ssh", "--address", "a", "--name", "*"], "a host's name is made of letters, digits"),
        (["ssh", "--address", "fe80::1%eth0"], "\"fe80::1%eth0\" can't be a host's name, too: give one with --name"),
    ])
    func `bad usage ends with 2 and says what was expected`(arguments: [String], words: String) throws {
        let program = try Program.run(["export"] + arguments)
        #expect((program.output, program.code) == ("", 2))
        #expect(program.errors.contains(words))
    }

    @Test func `on a terminal it says that this is secret, not on the paper`() throws {
        let (output, errors, code) = try onTerminal(columns: 80, rows: 24)
        #expect(output == section.replacing("\n", with: "\r\n"))
        #expect(errors == "knockgate: this is secret: whoever has it can open door ssh\n")
        #expect(code == 0)
    }

    @Test(.enabled(if: Camera.isThere, "zbar-tools isn't installed"))
    func `a phone reads the section off the terminal`() throws {
        let (output, _, code) = try onTerminal(columns: 45, rows: 24, "--qr")
        #expect(code == 0)
        let rows = output.replacing("\r\n", with: "\n").split(separator: "\n").map { row in
            row.replacing("\u{1B}[30;47m", with: "").replacing("\u{1B}[0m", with: "")
        }
        #expect(try Camera.read(rows.joined(separator: "\n"), in: scratch) == section)
    }

    @Test(.enabled(if: Camera.isThere, "zbar-tools isn't installed"))
    func `into a file the code is plain`() throws {
        let program = try export("ssh", "--address", "gate.example.org", "--qr")
        #expect((program.errors, program.code) == ("", 0))
        #expect(try Camera.read(program.output, in: scratch) == section)
    }

    @Test(arguments: [(44, 24), (45, 23)])
    func `a terminal that can't show the code at once is told how large it must be`(columns: Int, rows: Int) throws {
        let (output, errors, code) = try onTerminal(columns: columns, rows: rows, "--qr")
        #expect((output, code) == ("", 1))
        #expect(
            errors
                == "knockgate: the QR code needs a terminal of 45 columns and 24 rows, and this one has \(columns) and "
                + "\(rows): make the window larger, or its letters smaller\n")
    }

    @Test func `without colours a terminal has to be light itself`() throws {
        let (output, errors, code) = try onTerminal(columns: 45, rows: 24, "--qr", coloured: false)
        #expect(!output.contains("\u{1B}") && code == 0)
        #expect(errors.contains("knockgate: without colours a camera reads this only from a light background\n"))
    }

    @Test func `a shell is given the doors of the configuration at hand`() throws {
        let program = try Program.run(
            "---completion", "export", "--", "positional@0", "2", "0", "knockgate", "export", "", "--config", file)
        #expect((program.output, program.errors, program.code) == ("ssh\nweb\n", "", 0))
    }

    private func export(_ arguments: String...) throws -> Program {
        try Program.run(["export"] + arguments + ["--config", file])
    }

    private func onTerminal(columns: Int, rows: Int, _ options: String..., coloured: Bool = true) throws -> (
        output: String, errors: String, code: Int32
    ) {
        let (terminal, complaints) = (try PseudoTerminal(columns: columns, rows: rows), Pipe())
        let process = try Program.start(
            ["export", "ssh", "--address", "gate.example.org", "--config", file] + options, output: terminal.inside,
            errors: complaints.fileHandleForWriting, terminal: coloured ? "xterm" : "dumb")
        try terminal.inside.close()
        try complaints.fileHandleForWriting.close()
        let output = terminal.readToEnd()
        let errors = try complaints.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (output, String(decoding: errors, as: UTF8.self), process.terminationStatus)
    }
}
