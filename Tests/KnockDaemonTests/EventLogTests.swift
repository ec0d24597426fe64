import KnockCore
import Testing

@testable import KnockDaemon

@Suite struct EventLogTests {
    private func second(_ second: Double) -> Instant { Instant(nanoseconds: Int64(second * 1e9)) }

    @Test func `a hundred lines at once, then ten a second, and one a second that counts the rest (R16)`() {
        var allowance = LineAllowance(at: second(0))
        var written = 0
        for step in 0..<10_000 {  // A thousand a second for ten seconds.
            let now = second(Double(step) / 1000)
            if allowance.take(at: now) { written += 1 } else { allowance.leaveOut(at: now) }
            _ = allowance.takeSummary(at: now)
        }
        #expect((190...210).contains(written))
    }

    private func take(_ allowance: inout LineAllowance, at second: Double) -> Bool {
        allowance.take(at: self.second(second))
    }

    private func summary(_ allowance: inout LineAllowance, at second: Double) -> Int? {
        allowance.takeSummary(at: self.second(second))
    }

    @Test func `those left out are told of once, a second later`() {
        var allowance = LineAllowance(at: second(0))
        #expect(allowance.summaryDue == nil)
        for _ in 0..<3 { allowance.leaveOut(at: second(5)) }
        #expect(allowance.summaryDue == second(6))
        #expect(summary(&allowance, at: 5.9) == nil)
        #expect(summary(&allowance, at: 6) == 3)
        #expect(allowance.summaryDue == nil)
        #expect(summary(&allowance, at: 9) == nil)
    }

    @Test func `the allowance grows again to its hundred, and no further`() {
        var allowance = LineAllowance(at: second(0))
        for _ in 0..<100 { #expect(take(&allowance, at: 0)) }
        #expect(!take(&allowance, at: 0))
        for _ in 0..<100 { #expect(take(&allowance, at: 3600)) }
        #expect(!take(&allowance, at: 3600))
    }

    @Test func `events in words, with the end of a lease by the wall clock and never a knock`() {
        let source = Source(Address(ipv4: 0xC633_6407), ipv6Prefix: 128)
        func line(_ change: Event.Change) -> String {
            EventLine(Event(door: 0, source: source, change), door: "ssh", at: second(5), wall: 0).text
        }
        #expect(line(.opened(until: second(15))).hasPrefix("door ssh opened for 198.51.100.7 until 19"))
        #expect(line(.opened(until: Instant(nanoseconds: .max))).contains("until 2262-04-1"), "the last day there is")
        #expect(line(.closed(.timeIsUp)) == "door ssh closed for 198.51.100.7: its time is up")
        #expect(line(.closed(.knocked)) == "door ssh closed for 198.51.100.7: it knocked to close")
        #expect(line(.closed(.asked)) == "door ssh closed for 198.51.100.7: closed by hand")
        #expect(
            line(.connected(sourcePort: 5, used: 1, of: 2))
                == "door ssh admitted 198.51.100.7 port 5, connection 1 of 2")
        #expect(line(.refused).contains("raise `leases` in [gate]"))
        #expect(line(.knocked(heard: 2, of: 3)) == "198.51.100.7 knocks at door ssh: 2 of 3 heard")
        #expect(line(.knockedToClose(heard: 2, of: 3)) == "198.51.100.7 knocks to close door ssh: 2 of 3 heard")
        #expect(
            line(.strayed(heard: 2, of: 3)) == "198.51.100.7 strayed from door ssh: another packet came after 2 of 3")
    }
}
