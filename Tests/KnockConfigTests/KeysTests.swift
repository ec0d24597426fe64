import KnockConfig
import Testing

@Suite struct KeysTests {
    @Test(arguments: [
        ("queu", "queue"), ("quuee", "queue"), ("QUEUES", "queue"), ("queue-length", "queue_length"),
        ("queuelength", "queue_length"), ("allowfrom", "allow_from"), ("allow_form", "allow_from"),
        ("ipv6_src_prefix", "ipv6_source_prefix"), ("visit", "visits"), ("queue_num", "queue"), ("close", "closed"),
        ("otherwse", "otherwise"), ("ignroe", "ignore"),
    ])
    func `an unknown key of the gate is told with the nearest one`(word: String, nearest: String) {
        #expect(
            told(of: "[gate]\n\(word) = 1") == ["k.conf:2:1: unknown key \"\(word)\": did you mean \"\(nearest)\"?"])
    }

    @Test(arguments: [
        ("sequense", "sequence"), ("Sequences", "sequence"), ("closesequence", "close_sequence"),
        ("seq timeout", "seq_timeout"), ("sequence_timeout", "seq_timeout"), ("timeout", "seq_timeout"),
        ("cmd_timeout", "open_for"), ("openfor", "open_for"), ("port", "protects"), ("tcp_flags", "tcpflags"),
        ("targets", "target"), ("conections", "connections"),
    ])
    func `an unknown key of a door is told with the nearest one`(word: String, nearest: String) {
        #expect(
            told(ofDoorSaying: "\(word) = 1") == [
                "k.conf:2:1: unknown key \"\(word)\": did you mean \"\(nearest)\"?"
            ])
    }

    @Test func `a word like no other is told with all there are`() {
        #expect(
            told(of: "[gate]\nbanana = 1") == [
                "k.conf:2:1: unknown key \"banana\": [gate] has queue, queue_length, mark, otherwise, closed, ignore, "
                    + "allow_from, ipv6_source_prefix, visits, leases"
            ])
        #expect(
            told(ofDoorSaying: "start_command = 1") == [
                "k.conf:2:1: unknown key \"start_command\": [door NAME] has protects, sequence, close_sequence, "
                    + "seq_timeout, open_for, connections, tcpflags, target"
            ])
        let long = String(repeating: "queue", count: 9)
        #expect(told(of: "[gate]\n\(long) = 1").first?.contains("[gate] has queue") == true)
    }

    @Test func `a key of the other section is sent there`() {
        #expect(told(of: "[gate]\nprotects = 1") == ["k.conf:2:1: unknown key \"protects\": it belongs to [door NAME]"])
        #expect(told(ofDoorSaying: "leases = 1") == ["k.conf:2:1: unknown key \"leases\": it belongs to [gate]"])
    }

    @Test func `a misspelt key does not count as missing`() {
        #expect(
            told(of: "[door a]\nport = 22\nsequense = 3000 2000 1000") == [
                "k.conf:2:1: unknown key \"port\": did you mean \"protects\"?",
                "k.conf:3:1: unknown key \"sequense\": did you mean \"sequence\"?",
            ])
    }

    @Test func `a key may stand once in a section of a file`() {
        #expect(
            told(of: "[gate]\nqueue = 1\nmark = 1\nQueue = 2\n[gate]\nqueue = x\n") == [
                "k.conf:4:1: queue stands twice: the first is at k.conf:2:1",
                "k.conf:6:1: queue stands twice: the first is at k.conf:2:1",
                "k.conf:6:9: queue is 0 to 65535, not \"x\"",
            ])
        #expect(
            told(ofDoorSaying: "open_for = 1s\nopen_for = 1s") == [
                "k.conf:3:1: open_for stands twice: the first is at k.conf:2:1"
            ])
    }

    @Test func `a line that can't be read is not counted`() {
        #expect(
            told(of: "[gate]\nqueue 1\nqueue = 1\nqueue =\n") == [
                "k.conf:2:1: expected key = value, or a [section]", "k.conf:4:8: \"queue\" has no value",
            ])
    }
}
