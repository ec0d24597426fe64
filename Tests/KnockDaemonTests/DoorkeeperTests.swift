import KnockCore
import Netfilter
import PacketForge
import Testing

@testable import KnockDaemon

/// How verdicts become answers to the kernel, and what happens to marks.
@Suite struct DoorkeeperTests {
    /// A doorkeeper at the door `ssh`, which opens to one knock at 7/tcp.
    private final class Bench {
        var keeper: Doorkeeper

        init(otherwise: Verdict = .next) throws {
            var rules = Rules()
            let sequence = try #require(KnockSequence([.tcp(7)]))
            rules.doors = [Door(name: "ssh", protects: [.tcp(22)], sequence: sequence)]
            rules.otherwise = otherwise
            keeper = Doorkeeper(gate: Gate(rules, seed: HashSeed(1, 2)), mark: 0x1000)
        }

        var sawMarked: Bool { keeper.sawMarked }
        var alreadyMarked: UInt64 { keeper.alreadyMarked }
        var malformed: UInt64 { keeper.gate.tally.malformed }

        func sight(_ ports: [UInt16]) {
            for port in ports {
                let bytes = Forged.ipv4(from: "198.51.100.7", to: "203.0.113.5", .tcp(from: 4, to: port)).bytes
                keeper.sight(QueuedPacket(id: 1, mark: 0, payload: nil, length: bytes.count), bytes.span)
            }
            keeper.lookAhead()
        }

        func answers(_ count: Int) -> [Answer] {
            let packet = QueuedPacket(id: 1, mark: 0, payload: nil, length: 0)
            return (0..<count).map { _ in keeper.answer(packet, at: Instant(nanoseconds: 0)) }
        }

        func answer(_ port: UInt16, mark: UInt32 = 0, cutTo length: Int? = nil) -> Answer {
            let bytes = Forged.ipv4(from: "198.51.100.7", to: "203.0.113.5", .tcp(from: 4, to: port)).bytes
            let payload = Array(bytes.prefix(length ?? bytes.count))
            let packet = QueuedPacket(id: 1, mark: mark, payload: nil, length: payload.count)
            keeper.sight(packet, payload.span)
            keeper.lookAhead()
            return keeper.answer(packet, at: Instant(nanoseconds: 0))
        }
    }

    @Test func `next sends the packet round again with our bit beside its other ones`() throws {
        let bench = try Bench()
        #expect(bench.answer(80) == .again(mark: 0x1000))
        #expect(bench.answer(80, mark: 0xFFFF_0005) == .again(mark: 0xFFFF_1005))
        #expect(bench.answer(22) == .drop)
        #expect(bench.answer(7) == .again(mark: 0x1000))
        #expect(bench.answer(22) == .accept)
        #expect(bench.keeper.events.count == 2)
    }

    @Test func `packets are answered one by one in the order in which they were sighted`() throws {
        let bench = try Bench()
        bench.sight([22, 7, 22, 80])
        #expect(bench.answers(4) == [.drop, .again(mark: 0x1000), .accept, .again(mark: 0x1000)])
        #expect(bench.answer(22) == .accept, "and others after them")
    }

    @Test func `a packet with our bit set already is dropped and counted, and means nothing to visits`() throws {
        let bench = try Bench()
        #expect(!bench.sawMarked)
        #expect(bench.answer(7, mark: 0x1001) == .drop)
        #expect(bench.alreadyMarked == 1)
        #expect(bench.sawMarked)
        #expect(bench.answer(22) == .drop)
    }

    @Test func `bytes that can't be read are dropped (R1)`() throws {
        let bench = try Bench(otherwise: .accept)
        #expect(bench.answer(80) == .accept)
        #expect(bench.answer(80, cutTo: 30) == .drop)
        #expect(bench.answer(80, cutTo: 0) == .drop)
        #expect(bench.malformed == 2)
    }
}
