import Foundation
import Glibc
import KnockControl
import Testing

@testable import knockgate

/// `status --watch` on a terminal of its own, and in a pipe.
@Suite struct WatchTests {
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(arguments: [SIGINT, SIGTERM])
    func `on a terminal it shows the status in place, and puts the terminal back`(signal: Int32) throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.status(.example).bytes)
        let terminal = try PseudoTerminal(columns: 50, rows: 8)
        let process = try Program.start(
            ["status", "--watch", "--socket", daemon.path], output: terminal.inside, errors: .standardError)
        try terminal.inside.close()
        // As the terminal shows it: each newline has become a carriage return and a newline.
        let frame = Picture(lines: StatusTable(.example).lines).frame(on: terminal.kind).replacing("\n", with: "\r\n")
        let text = terminal.read(until: frame + frame)
        #expect(text == WatchTests.enter + frame + frame)
        kill(process.processIdentifier, signal)
        #expect(terminal.read(until: WatchTests.leave).hasSuffix(WatchTests.leave))
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
    }

    @Test func `a window that changes its size gets a picture that fits`() throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.status(.example).bytes)
        let terminal = try PseudoTerminal(columns: 50, rows: 8)
        let process = try Program.start(
            ["status", "--watch", "--socket", daemon.path], output: terminal.inside, errors: .standardError)
        try terminal.inside.close()
        defer { kill(process.processIdentifier, SIGINT) }
        _ = terminal.read(until: "more lines")
        try terminal.resize(columns: 100, rows: 30)
        kill(process.processIdentifier, SIGWINCH)
        #expect(terminal.read(until: "1 of 1 knock to close").contains("passed on to the firewall, 4 malformed"))
    }

    @Test func `in a pipe it shows one status after the other, and a daemon that goes away is waited for`() throws {
        var daemon: FakeDaemon? = try FakeDaemon(in: scratch, answering: Reply.status(.example).bytes)
        let path = try #require(daemon?.path)
        let pipe = Pipe()
        let process = try Program.start(
            ["status", "--watch", "--socket", path], output: pipe.fileHandleForWriting, errors: .standardError)
        try pipe.fileHandleForWriting.close()
        let picture = Picture(lines: StatusTable(.example).lines).text(on: Terminal(size: nil, environment: [:])) + "\n"
        #expect(pipe.fileHandleForReading.text(until: picture + picture) == picture + picture)
        daemon = nil
        let words =
            "no daemon at \(path): start knockgated (as a service: \"systemctl start knockgate\"), or name its socket with --socket"
        #expect(pipe.fileHandleForReading.text(until: words + "\n\n").hasSuffix(words + "\n\n"))
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `for programs it is one line a second`() throws {
        let daemon = try FakeDaemon(in: scratch, answering: Reply.status(.example).bytes)
        let pipe = Pipe()
        let process = try Program.start(
            ["status", "--watch", "--json", "--socket", daemon.path], output: pipe.fileHandleForWriting,
            errors: .standardError)
        defer { kill(process.processIdentifier, SIGINT) }
        try pipe.fileHandleForWriting.close()
        let line = Status.example.json + "\n"
        let start = ContinuousClock.now
        #expect(pipe.fileHandleForReading.text(until: line + line + line) == line + line + line)
        #expect(ContinuousClock.now - start > .milliseconds(1_800))
    }
}
