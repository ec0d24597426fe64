import Foundation
import Testing

@Suite struct ConvertCommandTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private let knockd = """
        [ssh]
        sequence = 41067:udp,9302,27511:udp
        seq_timeout = 5
        tcpflags = syn
        start_command = iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
        cmd_timeout = 20
        stop_command = iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT

        """

    @Test func `what it prints is a good configuration`() throws {
        let program = try Program.run("convert", scratch.file("knockd.conf", knockd))
        #expect((program.errors, program.code) == ("knockgate: 1 door\n", 0))
        #expect(program.output.hasPrefix("# Made by knockgate 0.1.0 from \(scratch.path)/knockd.conf: 1 door.\n"))
        let page = try scratch.file("page.conf", program.output)
        #expect(try Program.run("check", page).output == "\(page): fine, 1 door\n")
    }

    @Test func `notes are counted`() throws {
        let program = try Program.run("convert", scratch.file("k.conf", "[options]\nInterface = eth1\n\(knockd)"))
        #expect(program.errors == "knockgate: 1 door, 1 note: look for NOTE in what it wrote\n")
    }

    @Test func `a new file is for its owner alone, and a file that is there stays as it is`() throws {
        let (file, output) = (try scratch.file("k.conf", knockd), scratch.path + "/new.conf")
        let program = try Program.run("convert", file, "--output", output)
        #expect((program.output, program.errors, program.code) == ("", "knockgate: 1 door\n", 0))
        #expect(try FileManager.default.attributesOfItem(atPath: output)[.posixPermissions] as? Int == 0o600)
        #expect(try String(contentsOfFile: output, encoding: .utf8) == Program.run("convert", file).output)
        let again = try Program.run("convert", file, "--output", file)
        #expect((again.output, again.code) == ("", 1))
        #expect(again.errors == "knockgate: can't write \(file): it is there already, and nothing is overwritten\n")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == knockd)
    }

    @Test func `rules that count knocks are converted, too`() throws {
        let rules = """
            -A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 15 --name A -j ACCEPT
            -A INPUT -p udp --dport 41067 -m recent --set --name A -j DROP
            -A INPUT -j DROP

            """
        let program = try Program.run("convert", "--iptables", scratch.file("rules.v4", rules))
        #expect((program.errors, program.code) == ("knockgate: 1 door\n", 0))
        #expect(program.output.contains("protects = 22/tcp\nsequence = 41067/udp\nopen_for = 15s\n"))
    }

    @Test func `what can't be converted is told with its place, and nothing is written`() throws {
        let file = try scratch.file("k.conf", "[ssh]\nsequence = 70000\nprot = 1\n")
        let output = scratch.path + "/none.conf"
        let program = try Program.run("convert", file, "--output", output)
        #expect((program.output, program.code) == ("", 1))
        let lines = program.errors.split(separator: "\n")
        #expect(lines.first == "knockgate: \(file):2:1: a port is 1 to 65535, not \"70000\"")
        #expect(lines.last?.hasPrefix("\(file):3:1: unknown key \"PROT\"") == true)
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func `a file of the other kind is told with the option that it wants`() throws {
        let rules = try Program.run(
            "convert", scratch.file("rules", "# Generated\n*filter\n:INPUT DROP [0:0]\nCOMMIT\n"))
        #expect(rules.errors == "knockgate: \(scratch.path)/rules: this is what iptables-save writes: add --iptables\n")
        let conf = try Program.run("convert", "--iptables", scratch.file("conf", "[options]\n\(knockd)"))
        #expect(conf.errors == "knockgate: \(scratch.path)/conf: this looks like a knockd.conf: leave out --iptables\n")
        #expect(rules.code == 1 && conf.code == 1)
    }

    @Test func `--output - is the standard output, and --output wants a path`() throws {
        let file = try scratch.file("k.conf", knockd)
        let dash = try Program.run("convert", file, "--output", "-")
        #expect(dash.output.contains("[door ssh]") && dash.code == 0)
        #expect(try Program.run("convert", file, "--output", "").code == 2)
    }

    @Test func `a file that can't be read is an error of its own`() throws {
        let none = try Program.run("convert", scratch.path + "/none")
        #expect(
            (none.code, none.errors) == (1, "knockgate: can't open \(scratch.path)/none: No such file or directory\n"))
        let large = try scratch.file("large", String(repeating: "#", count: 1 << 20 + 1))
        #expect(try Program.run("convert", large).errors.contains("is larger than 1 MiB"))
        #expect(try Program.run("convert").code == 2)
    }
}
