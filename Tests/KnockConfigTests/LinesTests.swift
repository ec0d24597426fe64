import KnockConfig
import Testing

@Suite struct LinesTests {
    @Test(arguments: [
        "[gate]\r\nqueue = 7\r\n", "\u{FEFF}[gate]\nqueue = 7", "[gate]\nqueue=7", "\t[gate]\t\n\tqueue\t=\t7\t\n",
        "  [gate]  \n  queue  =  7  \n", "[gate] # all doors\nqueue = 7 # of 65536\n", "[gate]\nqueue = 7\t#\n",
        "[ gate ]\nqueue = 7\n", "[GATE]\nQueue = 7\n", "; knockd's\n  ; way\n[gate]\n# a\n  # b\n\nqueue = 7",
    ])
    func `line ends, blanks, comments and case are as people have them`(text: String) throws {
        #expect(told(of: text) == [])
        #expect(try configuration(text).queue == 7)
    }

    @Test func `columns count characters, not bytes`() {
        #expect(
            told(of: "\u{FEFF}quéué = 7") == [
                "k.conf:1:1: \"quéué\" stands before any section: begin with [gate] or [door NAME]"
            ])
        #expect(told(of: "[gate]\nü = 7\nclosed\t=\tdröp\nqueue = 7ü\n").count == 3)
        #expect(
            told(of: "[gate]\nignore = é 80/tcp ü\n") == [
                "k.conf:2:10: a port is 1 to 65535, not \"é\"", "k.conf:2:19: a port is 1 to 65535, not \"ü\"",
            ])
    }

    @Test func `a comment begins behind a blank only`() {
        #expect(told(of: "[gate]\nqueue = 7#8") == ["k.conf:2:9: queue is 0 to 65535, not \"7#8\""])
        #expect(told(of: "[gate]\nqueue = 7 ; 8") == ["k.conf:2:9: queue is 0 to 65535, not \"7 ; 8\""])
    }

    @Test func `bytes that are not UTF-8 are told with their place, and hide nothing else`() {
        let text = Array("[gate]\n# gr".utf8) + [0xFC] + Array("n\nqueue = x\n\u{E9}\u{E9} ".utf8) + [0xE9, 0x0A]
        #expect(
            told(ofBytes: text) == [
                "k.conf:2:5: this isn't UTF-8: save the file as UTF-8",
                "k.conf:3:9: queue is 0 to 65535, not \"x\"",
                "k.conf:4:4: this isn't UTF-8: save the file as UTF-8",
            ])
    }

    @Test func `a line that is not text makes nothing seem to be missing`() {
        let text = Array("[door a]\nprotects = 22\nsequence = 1000 ".utf8) + [0xFF, 0x0A]
        #expect(told(ofBytes: text) == ["k.conf:3:17: this isn't UTF-8: save the file as UTF-8"])
        let header = Array("[door ".utf8) + [0xFF] + Array("]\nprotects = 22\nsequence = 3000 2000 1000".utf8)
        #expect(told(ofBytes: header) == ["k.conf:1:7: this isn't UTF-8: save the file as UTF-8"])
    }

    @Test func `NUL bytes are told once, for they seldom come alone`() {
        let utf16 = "[gate]\nqueue = x\n[door a]\n".utf16.flatMap { unit -> [UInt8] in
            [UInt8(truncatingIfNeeded: unit), 0]
        }
        #expect(
            told(ofBytes: utf16) == [
                "k.conf:1:2: a NUL byte: this isn't a text file (is it UTF-16? save it as UTF-8)"
            ])
        #expect(
            told(ofBytes: Array("[gate]\n\0\nqueue = x\n\0".utf8)) == [
                "k.conf:2:1: a NUL byte: this isn't a text file (is it UTF-16? save it as UTF-8)",
                "k.conf:3:9: queue is 0 to 65535, not \"x\"",
            ])
    }

    @Test(arguments: [("\u{1B}", "U+001B"), ("\u{7F}", "U+007F"), ("\r", "U+000D"), ("\u{85}", "U+0085")])
    func `control characters have no place in the file, not even in a comment`(character: String, name: String) {
        #expect(
            told(of: "[gate]\n# é\(character)[2J\n") == [
                "k.conf:2:4: a control character (\(name)) has no place here"
            ])
    }

    @Test func `what can't be seen is quoted by its number, and what is long is cut`() {
        #expect(
            told(of: "[gate]\nqueue = 7\u{A0}\u{200B}") == ["k.conf:2:9: queue is 0 to 65535, not \"7U+00A0U+200B\""])
        let long = String(repeating: "9", count: 50)
        #expect(
            told(of: "[gate]\nqueue = \(long)") == [
                "k.conf:2:9: queue is 0 to 65535, not \"\(long.prefix(40))…\""
            ])
        let forty = String(repeating: "9", count: 40)
        #expect(told(of: "[gate]\nqueue = \(forty)") == ["k.conf:2:9: queue is 0 to 65535, not \"\(forty)\""])
    }
}
