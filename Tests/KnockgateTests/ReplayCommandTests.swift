import Foundation
import KnockCore
import PacketForge
import Testing

@testable import knockgate

/// `knockgate replay`, the built program, as a shell runs it.
@Suite struct ReplayCommandTests {
    private let scratch: Scratch
    private let config: String

    init() throws {
        scratch = try Scratch()
        config = try scratch.file(
            "knockgate.conf", "[door ssh]\nprotects = 22/tcp\nsequence = 2222/udp 3333/tcp 4444/udp\n")
    }

    @Test func `a knock and a connection, told to a program`() throws {
        let run = try shell(#""$knockgate" replay "$capture" --config "$config" --json"#, try capture(knocks))
        #expect(run.code == 0)
        #expect(run.errors.isEmpty)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(
            lines.last == """
                {"packet":4,"time":1700000003.000000,"source":"198.51.100.7","destination":"203.0.113.5",\
                "protocol":"tcp","port":22,"verdict":"accept","events":[]}
                """)
    }

    @Test func `a capture is read from the standard input, too`() throws {
        let path = try capture(knocks)
        let file = try shell(#""$knockgate" replay --config "$config" --json "$capture""#, path)
        let pipe = try shell(#"cat "$capture" | "$knockgate" replay --config "$config" --json -"#, path)
        #expect(pipe.code == 0)
        #expect(!pipe.output.isEmpty)
        #expect(pipe.output == file.output)
    }

    @Test func `the timeline has no colours in a pipe`() throws {
        let run = try shell(#""$knockgate" replay "$capture" --config "$config""#, try capture(knocks))
        #expect(
            run.output.hasSuffix(
                """
                4 packets: 1 accept, 0 drop, 3 next
                door ssh  opened 1 time, 1 lease live at the end
                  still open for 198.51.100.7 until 2023-11-14 22:13:52.000

                """))
        #expect(!run.output.contains("\u{1B}"))
    }

    @Test func `a reader who has had enough is no failure`() throws {
        let many = Array(repeating: knocks[0], count: 5000)
        let run = try shell(
            #"{ "$knockgate" replay "$capture" --config "$config" --json; echo "code $?" >&2; } | head -n 1"#,
            try capture(many))
        #expect(run.errors == "code 0\n")
        #expect(run.output.split(separator: "\n").count == 1)
    }

    @Test func `a full disk is one`() throws {
        let run = try shell(#""$knockgate" replay "$capture" --config "$config" > /dev/full"#, try capture(knocks))
        #expect(run.code == 1)
        #expect(run.errors == "knockgate: can't write the answer: No space left on device\n")
    }

    @Test func `what stands before a cut is told, and the answer is no`() throws {
        let path = try capture(knocks, dropping: 1)
        let run = try shell(#""$knockgate" replay "$capture" --config "$config" --json"#, path)
        #expect(run.code == 1)
        #expect(run.output.split(separator: "\n").count == 3)
        #expect(run.errors.hasSuffix("in the middle of packet 4; the 3 before it were read\n"))
    }

    @Test func `a configuration with an error is refused, and the error told`() throws {
        let broken = try scratch.file("broken.conf", "[door ssh]\nprotects = 70000/tcp\n")
        let run = try shell(#""$knockgate" replay "$capture" --config "$0""#, try capture(knocks), broken)
        #expect(run.code == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("broken.conf:2:12: "))
    }

    @Test func `a file that isn't there is refused, and so is a file of another kind`() throws {
        let absent = try shell(#""$knockgate" replay "$capture" --config "$config""#, "/no/such/file")
        #expect(absent.code == 1)
        #expect(absent.errors == "knockgate: can't open /no/such/file: No such file or directory\n")
        let other = try shell(#""$knockgate" replay "$capture" --config "$config""#, config)
        #expect(other.code == 1)
        #expect(other.errors.contains("is not a pcap or pcapng capture"))
    }

    @Test(arguments: [#""$knockgate" replay"#, #""$knockgate" replay --jsn "$capture""#])
    func `bad usage is told apart`(command: String) throws {
        #expect(try shell(command, "/dev/null").code == 2)
    }

    // MARK: - Filters and differences

    @Test func `options may be repeated, and work together`() throws {
        let run = try shell(
            #""$knockgate" replay "$capture" --config "$config" --to 192.0.2.1 --to 203.0.113.0/24 --door ssh --json"#
                + #" --source 2001:db8::/32 --source 198.51.100.7"#, try capture(knocks + [.tcp(from: 1, to: 443)]))
        #expect((run.code, run.errors) == (0, ""))
        #expect(run.output.split(separator: "\n").count == 4)
    }

    @Test(
        arguments: [
            ("--source 192.0.2", #""192.0.2" is not an address, nor a network such as 198.51.100.0/24"#),
            ("--to 192.0.2.1/33", #""192.0.2.1/33" is not an address"#),
            ("--door shh", #"knockgate: there is no door "shh": did you mean "ssh"?"#),
            ("--door elsewhere", #"knockgate: there is no door "elsewhere"; the doors are: ssh"#),
            (#"--diff "$config" --door shh"#, #"knockgate: there is no door "shh": did you mean "ssh"?"#),
        ])
    func `an address that is none, and a door that there isn't, are bad usage`(option: String, words: String) throws {
        let run = try shell(#""$knockgate" replay "$capture" --config "$config" "# + option, try capture(knocks))
        #expect((run.code, run.output) == (2, ""))
        #expect(run.errors.contains(words))
    }

    @Test func `with --diff, 0 is no difference, 1 is one, and 2 is trouble`() throws {
        let other = try scratch.file(
            "other.conf", "[door ssh]\nprotects = 22/tcp\nsequence = 2222/udp 3333/tcp 5/udp\n")
        let broken = try scratch.file("broken.conf", "[door ssh]\nprotects = 70000/tcp\n")
        let line = #""$knockgate" replay "$capture" --config "$config" --diff "$0""#
        let same = try shell(line, try capture(knocks), config)
        #expect((same.code, same.errors) == (0, ""))
        #expect(same.output.hasPrefix("4 packets, 0 judged otherwise\n"))
        let different = try shell(line, try capture(knocks), other)
        #expect((different.code, different.errors) == (1, ""))
        #expect(
            different.output.contains("\n4 packets, 2 judged otherwise: 1 in the verdict, 1 in what opens or closes\n"))
        let unreadable = try shell(line, try capture(knocks), broken)
        #expect(unreadable.code == 2 && unreadable.errors.contains("broken.conf:2:12: "))
        let cut = try shell(line, try capture(knocks, dropping: 1), other)
        #expect(cut.code == 2 && cut.errors.contains("in the middle of packet 4"))
        #expect(cut.output.contains("\n3 packets, 1 judged otherwise: "))
        #expect(try shell(line, "/no/such/file", other).code == 2)
    }

    @Test func `a door that only the other configuration has can be asked for`() throws {
        let other = try scratch.file(
            "web.conf", "[door web]\nprotects = 22/tcp 443/tcp\nsequence = 2222/udp 3333/tcp 4444/udp\n")
        let run = try shell(
            #""$knockgate" replay "$capture" --config "$config" --diff "$0" --door web --json"#,
            try capture(knocks + [.tcp(from: 1, to: 443)]), other)
        #expect((run.code, run.errors) == (1, ""))
        #expect(run.output.hasPrefix(#"{"packet":3,"#) && run.output.contains("\n" + #"{"packet":5,"#))
    }

    private let knocks: [Forged.Payload] = [
        .udp(from: 40000, to: 2222), .tcp(from: 40000, to: 3333), .udp(from: 40000, to: 4444),
        .tcp(from: 40000, to: 22),
    ]

    /// Writes a capture of these packets, a second apart, without its last bytes if so wished; answers with its path.
    private func capture(_ payloads: [Forged.Payload], dropping count: Int = 0) throws -> String {
        var capture = ForgedCapture(.pcap(.microseconds, .little), over: .ethernet(tags: []))
        for (second, payload) in payloads.enumerated() {
            let packet = Forged.ipv4(from: "198.51.100.7", to: "203.0.113.5", payload)
            capture.append(packet.bytes, at: (1_700_000_000 + Int64(second)) * 1_000_000_000)
        }
        let path = scratch.path + "/capture"
        try Data(capture.bytes.dropLast(count)).write(to: URL(filePath: path))
        return path
    }

    /// Runs a line of shell for at most 20 seconds, with `$knockgate`, `$config` and `$capture` set.
    private func shell(
        _ line: String, _ capture: String, _ argument: String = ""
    ) throws -> (code: Int32, output: String, errors: String) {
        let (output, errors) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["--kill-after=1", "20", "/bin/sh", "-c", line, argument]
        process.environment = [
            "PATH": "/usr/bin:/bin", "knockgate": ReplayCommandTests.program, "config": config, "capture": capture,
        ].merging(Program.instruments) { $1 }
        (process.standardInput, process.standardOutput, process.standardError) = (
            FileHandle.nullDevice, output, errors
        )
        try process.run()
        let texts = (try output.fileHandleForReading.readToEnd(), try errors.fileHandleForReading.readToEnd())
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: texts.0 ?? Data(), as: UTF8.self),
            String(decoding: texts.1 ?? Data(), as: UTF8.self)
        )
    }

    /// It stands beside the program that runs the tests.
    private static var program: String {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: "knockgate").path
    }
}
