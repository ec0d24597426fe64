import KnockCore
import Testing

@Suite struct TCPFlagsTextTests {
    @Test(
        arguments: [
            ("syn", TCPFlags.syn, [.ack, .rst, .fin]), ("SYN", .syn, [.ack, .rst, .fin]),
            ("syn ack", [.syn, .ack], [.rst, .fin]), ("syn,!psh", .syn, [.ack, .rst, .fin, .psh]),
            ("syn, ack, !fin", [.syn, .ack], [.rst, .fin]), ("syn ack rst fin", [.syn, .ack, .rst, .fin], []),
            ("ack", .ack, []), ("!ack", [], .ack), ("!syn ack", .ack, .syn), ("fin psh urg", [.fin, .psh, .urg], []),
            ("syn syn", .syn, [.ack, .rst, .fin]),
        ] as [(String, TCPFlags, TCPFlags)])
    func `with syn a knock opens a connection; else only what is named counts`(
        text: String, set: TCPFlags, clear: TCPFlags
    ) throws {
        #expect(try door(saying: "tcpflags = \(text)").tcpFlags == TCPFlagsFilter(set: set, clear: clear))
    }

    @Test(arguments: [("syn xyz", 16, "xyz"), ("!", 12, "!"), ("! ack", 12, "!"), ("syn !!ack", 16, "!!ack")])
    func `an unknown flag is refused`(text: String, column: Int, quoted: String) {
        #expect(
            told(ofDoorSaying: "tcpflags = \(text)") == [
                "k.conf:2:\(column): a TCP flag is syn, fin, rst, psh, ack or urg, or one of them behind \"!\", "
                    + "not \"\(quoted)\""
            ])
    }

    @Test(arguments: [("ack !ack", 16), ("!syn,psh,syn", 21)])
    func `a flag can't be both wanted and excluded`(text: String, column: Int) {
        #expect(
            told(ofDoorSaying: "tcpflags = \(text)") == [
                "k.conf:2:\(column): a flag can't be both wanted and excluded"
            ])
    }
}
