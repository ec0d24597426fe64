import Testing

@testable import Netfilter

@Suite struct PaceTests {
    @Test func `it pays to wait from 20,000 packets a second on, and no longer when it is quiet again`() {
        var pace = Pace()
        pace.note(0, at: 1_000_000_000)
        #expect(!pace.isBusy)
        pace.note(199, at: 1_010_000_000)
        #expect(!pace.isBusy)
        pace.note(100, at: 1_015_000_000)
        pace.note(100, at: 1_020_000_000)
        #expect(pace.isBusy)
        pace.note(1, at: 3_000_000_000)
        #expect(!pace.isBusy)
    }

    @Test func `the kernel's list tells who is bound, what waits and what was lost`() throws {
        let list = """
              100   1201     0 2  2048     0     0      15  1
             4747  17647     3 2  2048    40     2     999  1

            """
        let statistics = try #require(QueueStatistics(queue: 4747, in: list))
        #expect(statistics.owner == 17647)
        #expect(statistics.waiting == 3)
        #expect(statistics.lost == 42)
        #expect(QueueStatistics(queue: 4748, in: list) == nil)
        #expect(QueueStatistics(queue: 1, in: "1 2 3\nx\n") == nil)
    }

    @Test func `each error says what to do`() {
        #expect(QueueError.notPermitted(queue: 7).description.contains("CAP_NET_ADMIN"))
        #expect(QueueError.taken(queue: 7, owner: 0).description.contains("another program is bound to it"))
        #expect(QueueError.missing.description.contains("modprobe nfnetlink_queue"))
    }
}
