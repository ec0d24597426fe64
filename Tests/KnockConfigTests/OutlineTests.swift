import KnockConfig
import KnockCore
import Testing

@Suite struct OutlineTests {
    @Test func `a line without an equals sign is told, and its key does not count as missing`() {
        #expect(
            told(of: "[door a]\nprotects 22/tcp\nSequence: 1 2 3\nbanana\n,\n") == [
                "k.conf:2:1: expected key = value, or a [section]",
                "k.conf:3:1: expected key = value, or a [section]",
                "k.conf:4:1: expected key = value, or a [section]",
                "k.conf:5:1: expected key = value, or a [section]",
            ])
    }

    @Test func `a value without a key, and a key without a value`() {
        #expect(
            told(of: "[gate]\n  = 7\nqueue =\nmark = # 0x1000\n") == [
                "k.conf:2:3: expected a key before \"=\"", "k.conf:3:8: \"queue\" has no value",
                "k.conf:4:7: \"mark\" has no value",
            ])
    }

    @Test func `entries before the first section are told once`() {
        #expect(
            told(of: "nonsense\nqueue = 7\nmark = 8\n[gate]\nqueue = x") == [
                "k.conf:1:1: expected key = value, or a [section]",
                "k.conf:2:1: \"queue\" stands before any section: begin with [gate] or [door NAME]",
                "k.conf:5:9: queue is 0 to 65535, not \"x\"",
            ])
    }

    @Test(arguments: [
        ("[gate", "1:6: a section ends with \"]\""), ("gate]", "1:1: a section begins with \"[\""),
        ("gate", "1:1: a section begins with \"[\""), ("[gate] x", "1:8: nothing may follow the \"]\" of a section"),
        ("[gate]]", "1:7: nothing may follow the \"]\" of a section"),
        ("[gate ssh]", "1:7: [gate] has no name, not \"ssh\""),
        ("[gat]", "1:2: unknown section \"gat\": did you mean \"gate\"?"),
        ("\u{A0}[gate]", "1:1: a section begins with \"[\""),
    ])
    func `a header with a slip is told, and its entries are still read`(header: String, expected: String) {
        let told = told(of: "\(header)\nqueue = x\n")
        #expect(told.first == "k.conf:\(expected)")
        #expect(told.last == "k.conf:2:9: queue is 0 to 65535, not \"x\"")
        #expect(told.count == 2)
    }

    @Test func `a header with a slip still ends the section before it`() {
        let doors = "[door a]\nprotects = 22\nsequence = 3000 2000 1000\n\ndoor b\nprotects = 23\nsequence = 3 9 5\n"
        #expect(told(of: doors) == ["k.conf:5:1: a section begins with \"[\""])
    }

    @Test func `an unknown section is told, and not what stands in it`() {
        #expect(
            told(of: "[options]\nUseSyslog = 1\nqueue = x\n[]\nmark = 3\n") == [
                "k.conf:1:2: unknown section \"options\": there are [gate] and [door NAME]",
                "k.conf:4:2: unknown section \"\": there are [gate] and [door NAME]",
            ])
    }

    @Test func `a section that's nearly a door is read as one`() {
        #expect(
            told(of: "[dor ssh]\nprotects = 0\nsequence = 3000 2000 1000\n") == [
                "k.conf:1:2: unknown section \"dor\": did you mean \"door\"?",
                "k.conf:2:12: a port is 1 to 65535, not \"0\"",
            ])
    }

    @Test(arguments: ["a", "A-b_c.9", "abcdefghijabcdefghijabcdefghij12"])
    func `a door's name has letters, digits, dots, dashes and underscores`(name: String) throws {
        let read = try configuration("[Door \(name)]\nprotects = 22\nsequence = 3000 2000 1000\n")
        #expect(read.rules.doors.map(\.name) == [name])
    }

    @Test(arguments: [
        ("[door]", 6, ""), ("[door  my ssh]", 8, "my ssh"), ("[door a/b]", 7, "a/b"), ("[door é]", 7, "é"),
        ("[door abcdefghijabcdefghijabcdefghij123]", 7, "abcdefghijabcdefghijabcdefghij123"),
    ])
    func `another name is refused, and the door still looked at`(header: String, column: Int, quoted: String) {
        #expect(
            told(of: "\(header)\nprotects = 0\n") == [
                "k.conf:1:1: this door has no sequence: expected sequence = PORT PORT PORT",
                "k.conf:1:\(column): a door's name is 1 to 32 of letters, digits, \".\", \"_\" and \"-\", not \"\(quoted)\"",
                "k.conf:2:12: a port is 1 to 65535, not \"0\"",
            ])
    }
}
