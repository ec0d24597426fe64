import KnockControl
import Testing

@Suite struct ReplyTests {
    @Test(arguments: [
        (Reply.done("door ssh is open"), "done door ssh is open\nend\n"),
        (.refused("no door \"shh\""), "refused no door \"shh\"\nend\n"),
        (.bad("not a request"), "bad not a request\nend\n"),
        (.done(""), "done \nend\n"),
        (.refused("one\ntwo\n\nend\n"), "refused one\n+ two\n+ \n+ end\n+ \nend\n"),
        (.done("\nend\n"), "done \n+ end\n+ \nend\n"),
        (.done("+ a\r\n+ b"), "done + a\r\n+ + b\nend\n"),
    ])
    func `a message is told in lines, and reads back as itself`(reply: Reply, text: String) throws {
        #expect(String(decoding: reply.bytes, as: UTF8.self) == text)
        #expect(Reply.isWhole(reply.bytes))
        #expect(try Reply(bytes: reply.bytes) == reply)
    }

    @Test(arguments: [Reply.done("yes"), .refused("one\nend\nthree"), .status(.example)])
    func `every prefix of a reply is known to be cut`(reply: Reply) {
        for length in 0..<reply.bytes.count {
            let prefix = Array(reply.bytes.prefix(length))
            #expect(!Reply.isWhole(prefix))
            #expect(throws: ReplyError.cut) { try Reply(bytes: prefix) }
        }
    }

    @Test(arguments: [
        ("end\n", ReplyError.cut),
        ("\nend\n", .badLine("")),
        ("hello\nend\n", .badLine("hello")),
        ("done yes\nmore\nend\n", .badLine("more")),
        ("done yes\nend\ndone no\nend\n", .badLine("end")),
        ("status 2\nend\n", .otherVersion("2")),
        ("status\nend\n", .otherVersion("")),
    ])
    func `what isn't a reply is refused, with the reason`(text: String, error: ReplyError) {
        #expect(throws: error) { try Reply(bytes: Array(text.utf8)) }
    }

    @Test func `a message that isn't UTF-8 is refused`() {
        #expect(throws: ReplyError.badLine("?")) {
            try Reply(bytes: Array("done ".utf8) + [0xFF] + Array("\nend\n".utf8))
        }
    }

    @Test func `a reply of more than eight mebibytes is refused`() {
        let most = Reply.longest - "done \nend\n".utf8.count
        #expect(throws: Never.self) { try Reply(bytes: Reply.done(String(repeating: "x", count: most)).bytes) }
        #expect(throws: ReplyError.tooLong) {
            try Reply(bytes: Reply.done(String(repeating: "x", count: most + 1)).bytes)
        }
    }

    @Test(arguments: [
        (ReplyError.cut, "the daemon's answer breaks off"),
        (.tooLong, "the daemon's answer is longer than 8388608 bytes"),
        (.otherVersion("2"), "the daemon tells its status in version \"2\", this program reads version 1"),
        (.badLine("pid x"), "the daemon's answer can't be read at \"pid x\""),
        (.missing("pid"), "the daemon's answer lacks its line \"pid\""),
    ])
    func `each refusal says what is wrong with the answer`(error: ReplyError, text: String) {
        #expect(error.description == text)
    }
}
