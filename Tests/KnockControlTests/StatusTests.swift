import KnockControl
import KnockCore
import Testing

@Suite struct StatusTests {
    let text = """
        status 1
        version 0.1.0
        pid 812
        uptime 11520.5
        queue 4747 1 2 bound
        verdicts 12 3 480
        malformed 4
        rule unmarked
        mark 4096
        door ssh 22/tcp,22/udp 3 2 2 101
        lease 198.51.100.7 8.2 1 3
        lease 2001:db8::/64 0.000000001 0 -
        visit 198.51.100.8 2 3 11 opening
        door my%20door 8855/tcp 4 0 0 1
        visit 198.51.100.9 1 2 0 closing
        end

        """

    @Test func `the status is told line by line, and reads back as itself`() throws {
        #expect(String(decoding: Reply.status(.example).bytes, as: UTF8.self) == text)
        #expect(try Reply(bytes: Array(text.utf8)) == .status(.example))
    }

    @Test func `a status without doors reads back as itself`() throws {
        var status = Status.example
        status.doors = []
        status.queue.bound = false
        status.unmarkedRule = false
        #expect(try Reply(bytes: Reply.status(status).bytes) == .status(status))
    }

    @Test func `what is over already remains for no time`() throws {
        var status = Status.example
        status.doors[0].leases[0].remaining = .seconds(-1)
        let read = try Reply(bytes: Reply.status(status).bytes)
        status.doors[0].leases[0].remaining = .zero
        #expect(read == .status(status))
    }

    @Test func `lines and words that a newer daemon has added are passed over`() throws {
        let newer = text.replacing(
            "door ssh 22/tcp,22/udp 3 2 2 101", with: "ban 5\ndoor ssh 22/tcp,22/udp 3 2 2 101 x y"
        )
        .replacing("pid 812", with: "pid 812 813").replacing("end\n", with: "sun\n\nend\n")
        #expect(try Reply(bytes: Array(newer.utf8)) == .status(.example))
    }

    @Test(arguments: [
        ("pid 812", "pid -812"), ("pid 812", "pid 99999999999"), ("pid 812", "pid +1"), ("pid 812", "pid"),
        ("uptime 11520.5", "uptime 1e3"), ("uptime 11520.5", "uptime 1.0000000001"), ("uptime 11520.5", "uptime ."),
        ("queue 4747 1 2 bound", "queue 4747 1 2 bind"), ("queue 4747 1 2 bound", "queue 65536 1 2 bound"),
        ("verdicts 12 3 480", "verdicts 12 3"), ("verdicts 12 3 480", "verdicts 12 3 18446744073709551616"),
        ("malformed 4", "malformed four"), ("rule unmarked", "rule"),
        ("mark 4096", "mark x"), ("version 0.1.0", "version %"),
        ("lease 198.51.100.7 8.2 1 3", "lease 198.51.100.7 8.2 1 x"),
        ("lease 198.51.100.7 8.2 1 3", "lease 198.51.100.7 8.2 1"),
        ("visit 198.51.100.8 2 3 11 opening", "visit 198.51.100.8 2 3 11 ajar"),
        ("door my%20door 8855/tcp 4 0 0 1", "door my%20door 8855/sctp 4 0 0 1"),
        ("door my%20door 8855/tcp 4 0 0 1", "door my%20door 8855 4 0 0 1"),
        ("door my%20door 8855/tcp 4 0 0 1", "door my%20door 8855/tcp 4 0 0 -"),
        ("pid 812", "visit 198.51.100.8 2 3 11 opening"), ("pid 812", "lease 198.51.100.7 8.2 1 3"),
    ])
    func `a line that can't be is refused by name`(good: String, garbage: String) {
        #expect(text.contains(good))
        #expect(throws: ReplyError.badLine(garbage)) {
            try Reply(bytes: Array(text.replacing(good, with: garbage).utf8))
        }
    }

    @Test(arguments: ["version", "pid", "uptime", "queue", "verdicts", "malformed", "rule"])
    func `a status that lacks a line is refused`(kind: String) {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix(kind) }
        #expect(throws: ReplyError.missing(kind)) {
            try Reply(bytes: Array((lines.joined(separator: "\n") + "\n").utf8))
        }
    }

    @Test func `no damage to one byte of a status makes the reader trap`() {
        let bytes = Array(text.utf8)
        var refused = 0
        for index in bytes.indices {
            for byte: UInt8 in [0, 10, 32, 37, 45, 57, 128, 255] where byte != bytes[index] {
                var damaged = bytes
                damaged[index] = byte
                if (try? Reply(bytes: damaged)) == nil { refused += 1 }
            }
        }
        #expect(refused > bytes.count)
    }

    @Test func `five thousand leases take milliseconds to tell and to read`() throws {
        var status = Status.example
        status.doors[0].leases = (0..<5_000).map {
            Status.Lease(
                source: "198.51.\($0 / 250).\($0 % 250)", remaining: .nanoseconds(8_123_456_789 + $0), connections: 1,
                limit: nil)
        }
        status.doors[0].leaseCount = 5_000
        let clock = ContinuousClock()
        var bytes: [UInt8] = []
        let telling = clock.measure { bytes = Reply.status(status).bytes }
        #expect(try Reply(bytes: bytes) == .status(status))
        #expect(bytes.count < 300_000)
        // Unoptimised, on a busy machine; optimised it's 1 ms to tell and 4 to read.
        #expect(telling < .milliseconds(500))
    }
}

extension Status {
    static let example = Status(
        version: "0.1.0", pid: 812, uptime: .milliseconds(11_520_500),
        queue: Queue(number: 4747, waiting: 1, lost: 2, bound: true),
        verdicts: Verdicts(accept: 12, drop: 3, next: 480),
        malformed: 4, unmarkedRule: true,
        doors: [
            Door(
                name: "ssh", protects: [.tcp(22), .udp(22)], knocks: 3, opened: 2,
                leases: [
                    Lease(source: "198.51.100.7", remaining: .milliseconds(8_200), connections: 1, limit: 3),
                    Lease(source: "2001:db8::/64", remaining: .nanoseconds(1), connections: 0, limit: nil),
                ],
                visits: [Visit(source: "198.51.100.8", heard: 2, of: 3, remaining: .seconds(11), closing: false)],
                visitCount: 101),
            Door(
                name: "my door", protects: [.tcp(8855)], knocks: 4, opened: 0,
                visits: [Visit(source: "198.51.100.9", heard: 1, of: 2, remaining: .zero, closing: true)]),
        ], mark: 0x1000)
}
