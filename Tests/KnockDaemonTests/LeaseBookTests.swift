import KnockCore
import Testing

@testable import KnockDaemon

/// R12: what the leases file says, and what it can vouch for.
@Suite struct LeaseBookTests {
    private func read(_ lines: String...) -> LeaseBook? {
        LeaseBook((["knockgate leases 1", "boot one"] + lines).map { $0 + "\n" }.joined())
    }

    private let ssh = LeaseBook.Holder(door: "ssh", source: "198.51.100.7")

    @Test func `leases are opened, used, begun anew and ended, line by line`() throws {
        let book = try #require(
            read(
                "open ssh 198.51.100.7 100", "used ssh 198.51.100.7 5000", "used ssh 198.51.100.7 5001",
                "open web 2001:db8::/64 50", "open web 198.51.100.8 60", "end web 198.51.100.8"))
        #expect(book.leases.count == 2)
        #expect(book.leases[ssh] == LeaseBook.Holding(deadline: 100, ports: [5000, 5001]))
        let again = try #require(
            read("open ssh 198.51.100.7 100", "used ssh 198.51.100.7 5000", "open ssh 198.51.100.7 200"))
        #expect(again.leases[ssh] == LeaseBook.Holding(deadline: 200, ports: []))
    }

    @Test func `a last line without its end is passed over, any other bad line spoils the file`() throws {
        let torn = "knockgate leases 1\nboot one\nopen ssh 198.51.100.7 100\nopen web 198.51.1"
        #expect(try #require(LeaseBook(torn)).leases.count == 1)
        #expect(read("open ssh 198.51.100.7 100", "opem web 198.51.100.8 60") == nil)
        #expect(read("open ssh 198.51.100.7 soon") == nil)
        #expect(read("used ssh 198.51.100.7 70000") == nil)
        #expect(LeaseBook("") == nil)
        #expect(LeaseBook("knockgate leases 2\nboot one\n") == nil)
    }

    @Test func `every line is written as it is read`() {
        let records: [LeaseRecord] = [
            .open(door: "ssh", source: "2001:db8::/64", deadline: 5),
            .used(door: "ssh", source: "1.2.3.4", port: 65535),
            .end(door: "ssh", source: "1.2.3.4"), .sealed(sinceBoot: 7, wall: 8),
        ]
        for record in records { #expect(LeaseRecord(record.line.dropLast()) == record) }
    }

    @Test func `in the same boot the clock is the same, sealed or not`() {
        #expect(read("open ssh 198.51.100.7 100")?.clockShift(boot: "one", sinceBoot: 50, wall: 0) == 0)
    }

    @Test func `after another boot the wall clock tells how long the machine was down`() throws {
        // Sealed 1,000 s after boot; 60 s later by the wall clock the machine has been up for 20 s again.
        let book = try #require(read("open ssh 198.51.100.7 1100", "sealed 1000 50000"))
        #expect(book.clockShift(boot: "two", sinceBoot: 20, wall: 50060) == -1040)
        // 100 s were left, 60 s have passed: it ends 40 s from now, at 60 s.
        #expect(try #require(book.leases[ssh]).deadline - 1040 == 60)
    }

    @Test func `a file that wasn't sealed, or a wall clock that went back, vouches for nothing after another boot`() {
        #expect(read("open ssh 198.51.100.7 100")?.clockShift(boot: "two", sinceBoot: 50, wall: 90000) == nil)
        #expect(
            read("sealed 1000 50000", "open ssh 1.1.1.1 9")?.clockShift(boot: "two", sinceBoot: 1, wall: 90000) == nil)
        #expect(read("sealed 1000 50000")?.clockShift(boot: "two", sinceBoot: 1, wall: 49999) == nil)
    }

    @Test(arguments: [
        "sealed 1000 -9223372036854775808", "sealed -9223372036854775808 5", "sealed 9223372036854775807 0",
    ])
    func `a seal with a moment that no clock shows vouches for nothing`(seal: String) {
        #expect(read(seal)?.clockShift(boot: "two", sinceBoot: 50, wall: .max) == nil)
    }

    @Test func `a lease whose time was up needs no line, nor does a knock`() {
        let source = Source(Address(ipv4: 0x0102_0304), ipv6Prefix: 128)
        func line(_ change: Event.Change) -> String? {
            LeaseRecord(Event(door: 0, source: source, change), door: "ssh")?.line
        }
        #expect(line(.opened(until: Instant(nanoseconds: 9))) == "open ssh 1.2.3.4 9\n")
        #expect(line(.connected(sourcePort: 5, used: 1, of: 2)) == "used ssh 1.2.3.4 5\n")
        #expect(line(.closed(.knocked)) == "end ssh 1.2.3.4\n")
        #expect(line(.closed(.asked)) == "end ssh 1.2.3.4\n")
        for change in [Event.Change.closed(.timeIsUp), .knocked(heard: 1, of: 3), .strayed(heard: 1, of: 3), .refused] {
            #expect(line(change) == nil)
        }
    }
}
