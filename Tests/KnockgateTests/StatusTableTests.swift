import KnockControl
import KnockCore
import Testing

@testable import knockgate

@Suite struct StatusTableTests {
    let plain = Terminal(size: nil, environment: [:])

    private func text(_ status: Status, most: Int = 100) -> String {
        Picture(lines: StatusTable(status, mostLeases: most, mostVisits: most).lines).text(on: plain)
    }

    @Test func `the status is a heading, the queue, the verdicts, and a table of doors with their visitors`() {
        #expect(
            text(.example) == """
                knockgate 0.1.0, pid 812, up 3 h 12 min
                queue 4747 bound, 0 waiting, 0 lost
                12 accepted, 1,234 dropped, 4,800,000 passed on to the firewall, 4 malformed

                DOOR     PROTECTS       KNOCKS  OPENED  LEASES  VISITS
                ssh      22/tcp 22/udp       3   1,002       2       1
                  lease  2001:db8::7       8.2 s left
                  lease  198.51.100.7  2 min 5 s left  1 of 3 connections
                  visit  198.51.100.8     11.0 s left  2 of 3 knocks
                my door  8855/tcp            4       0       0       1
                  visit  198.51.100.9      0.9 s left  1 of 1 knock to close

                """)
    }

    @Test func `a gate without doors says so`() {
        var status = Status.example
        status.doors = []
        #expect(text(status).hasSuffix("4 malformed\n\nno doors\n"))
    }

    @Test func `what isn't listed is counted`() {
        var status = Status.example
        status.doors[0].leaseCount = 5_000
        #expect(
            text(status, most: 1).contains(
                """
                  lease  2001:db8::7    8.2 s left
                  and 4,999 more leases
                  visit  198.51.100.8  11.0 s left  2 of 3 knocks
                my door
                """))
        status.doors[0].visitCount = 2
        #expect(text(status).contains("2 of 3 knocks\n  and 1 more visit\nmy door"))
    }

    @Test func `a queue that isn't bound, lost packets and a rule without its mark are warned of`() {
        var status = Status.example
        #expect(!StatusTable(status).lines.contains { $0.ink == .warning })
        status.queue = Status.Queue(number: 4747, waiting: 1_000, lost: 1_001, bound: false)
        status.unmarkedRule = true
        #expect(
            text(status).contains(
                """
                queue 4747 NOT BOUND, 1,000 waiting, 1,001 lost
                12 accepted, 1,234 dropped, 4,800,000 passed on to the firewall, 4 malformed
                ! The daemon isn't bound to queue 4747: every new packet that the rule sends there is dropped. See the \
                daemon's log.
                ! Packets came back to the queue and were dropped: the firewall's rule lacks its mark match. \
                "knockgate rule" prints the right one.
                ! The kernel dropped 1,001 packets, for the queue was full. A larger queue_length holds more.

                DOOR
                """))
        #expect(StatusTable(status).lines.count { $0.ink == .warning } == 3)
    }

    @Test func `no name can give orders to the terminal`() {
        var status = Status.example
        status.doors[0].name = "a\u{1B}[2Jb\u{9B}1m"
        status.doors[0].visits[0].source = "\u{7F}\r"
        #expect(text(status).contains("\na\u{FFFD}[2Jb\u{FFFD}1m  22/tcp"))
        #expect(text(status).contains("  visit  \u{FFFD}\u{FFFD}  "))
    }
}

extension Status {
    static let example = Status(
        version: "0.1.0", pid: 812, uptime: .milliseconds(11_520_500),
        queue: Queue(number: 4747, waiting: 0, lost: 0, bound: true),
        verdicts: Verdicts(accept: 12, drop: 1_234, next: 4_800_000), malformed: 4, unmarkedRule: false,
        doors: [
            Door(
                name: "ssh", protects: [.tcp(22), .udp(22)], knocks: 3, opened: 1_002,
                leases: [
                    Lease(source: "198.51.100.7", remaining: .milliseconds(125_999), connections: 1, limit: 3),
                    Lease(source: "2001:db8::7", remaining: .milliseconds(8_200), connections: 0, limit: nil),
                ],
                visits: [Visit(source: "198.51.100.8", heard: 2, of: 3, remaining: .seconds(11), closing: false)]),
            Door(
                name: "my door", protects: [.tcp(8855)], knocks: 4, opened: 0,
                visits: [
                    Visit(source: "198.51.100.9", heard: 1, of: 1, remaining: .nanoseconds(999_999_999), closing: true)
                ]),
        ])
}
