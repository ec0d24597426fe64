import Testing

@Suite struct CheckCommandTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `a good configuration is fine`() throws {
        let file = try scratch.file("good.conf", goodConfiguration)
        let program = try Program.run("check", file)
        #expect((program.output, program.errors, program.code) == ("\(file): fine, 2 doors\n", "", 0))
    }

    @Test func `warnings are told, and are no reason to say no`() throws {
        let file = try scratch.file("short.conf", "[door ssh]\nprotects = 22/tcp\nsequence = 4444/udp 2222/udp\n")
        let program = try Program.run("check", file)
        let lines = program.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("\(file):3:") && lines[0].contains("warning"))
        #expect(lines.last == "\(file): fine, 1 door, 1 warning")
        #expect(program.code == 0)
    }

    @Test func `every error of a bad configuration is told, and the answer is no`() throws {
        let file = try scratch.file("bad.conf", "[door ssh]\nprotects = 70000\nsequence = 4444/udp 0 2222/udp\nx = 1\n")
        let program = try Program.run("check", file)
        let lines = program.output.split(separator: "\n")
        #expect(lines.dropLast().map { $0.prefix(file.count + 3) } == ["\(file):2:", "\(file):3:", "\(file):4:"])
        #expect(lines.last == "\(file): 3 errors")
        #expect((program.errors, program.code) == ("", 1))
    }
}

/// A configuration without an error and without a warning.
let goodConfiguration = """
    [gate]
    queue = 7
    mark = 0x2000
    [door ssh]
    protects = 22/tcp
    sequence = 2222/udp 4444/tcp 3333/tcp
    [door web]
    protects = 80/tcp
    sequence = 1122/tcp 3344/udp 2233/tcp
    """
