import KnockCore
import PacketForge
import Testing

/// R15: what happens when a table is full.
@Suite struct GateBoundsTests {
    private let knocks: [Port] = [.udp(2222), .tcp(3333), .udp(4444)]

    private func stranger(_ number: UInt32) -> Address { Address(ipv4: 0x0A00_0000 + number) }

    @Test func `a flood of first knocks never displaces a visit with two knocks heard`() {
        let bench = Bench([.plain]) { $0.visitCapacity = 64 }
        bench.knock([.udp(2222), .tcp(3333)], at: 0)
        for number in 0..<100_000 { bench.verdict(on: .udp(2222), from: stranger(UInt32(number)), at: 1) }
        bench.verdict(on: .udp(4444), at: 2)
        #expect(bench.admits(at: 2))
    }

    @Test func `of the visits that have heard the fewest knocks, the one that ends soonest gives way`() {
        let bench = Bench([.plain]) { $0.visitCapacity = 3 }
        for (number, second) in [(1, 3.0), (2, 1.0), (3, 2.0)] {
            bench.verdict(on: .udp(2222), from: stranger(UInt32(number)), at: second)
        }
        bench.verdict(on: .udp(2222), from: stranger(4), at: 4)
        #expect(bench.hears(.tcp(3333), from: stranger(2), at: 5) == [])
        for number in [1, 3, 4] as [UInt32] {
            #expect(bench.hears(.tcp(3333), from: stranger(number), at: 5) == [.knocked(heard: 2, of: 3)])
        }
    }

    @Test func `where every visit has heard more, a new one isn't begun`() {
        let bench = Bench([.plain]) { $0.visitCapacity = 1 }
        bench.knock([.udp(2222), .tcp(3333)], at: 0)
        #expect(bench.hears(.udp(2222), from: Bench.bob, at: 1) == [])
        #expect(bench.hears(.tcp(3333), from: Bench.bob, at: 2) == [])
        #expect(bench.hears(.udp(4444), at: 3).count == 2)
    }

    @Test func `a visit that has ended gives way before a live one, however much it had heard`() {
        let bench = Bench([.plain]) { $0.visitCapacity = 2 }
        bench.knock([.udp(2222), .tcp(3333)], at: 0)
        bench.verdict(on: .udp(2222), from: stranger(1), at: 10)
        bench.verdict(on: .udp(2222), from: stranger(2), at: 15)
        #expect(bench.hears(.tcp(3333), from: stranger(1), at: 16) == [.knocked(heard: 2, of: 3)])
        #expect(bench.hears(.tcp(3333), from: stranger(2), at: 16) == [.knocked(heard: 2, of: 3)])
    }

    @Test func `a full table of leases refuses a new one, and no live lease ever gives way`() {
        let bench = Bench([.plain]) { $0.leaseCapacity = 2 }
        bench.knock(knocks, at: 0)
        bench.knock(knocks, from: Bench.bob, at: 1)
        bench.knock(knocks, from: stranger(1), at: 2)
        #expect(bench.events.map(\.change) == [.knocked(heard: 3, of: 3), .refused])
        #expect(!bench.admits(stranger(1), at: 3))
        #expect(bench.admits(at: 3))
        #expect(bench.admits(Bench.bob, at: 3))
    }

    @Test func `a lease can be begun anew though the table is full, and one that has ended gives way`() {
        let bench = Bench([.plain]) { $0.leaseCapacity = 1 }
        bench.knock(knocks, at: 0)
        bench.knock(knocks, at: 5)
        #expect(bench.admits(at: 14))
        bench.knock(knocks, from: Bench.bob, at: 15)
        #expect(bench.events.map(\.change).contains(.closed(.timeIsUp)))
        #expect(bench.admits(Bench.bob, at: 16))
        #expect(!bench.admits(at: 16))
    }

    @Test func `the report of visits begins with those that have come farthest, however full the table is`() {
        let bench = Bench([.plain])
        for number in 0..<1000 { bench.verdict(on: .udp(2222), from: stranger(UInt32(number)), at: 0) }
        bench.verdict(on: .tcp(3333), from: stranger(700), at: 1)
        var heard: [Int] = []
        bench.gate.forEachVisit(at: .second(2)) { heard.append($0.heard) }
        #expect(heard == [2] + Array(repeating: 1, count: 999))
    }

    @Test func `tables of one place, with several doors, never trap`() {
        let other = Door.named("other", [.udp(2222), .tcp(5), .tcp(7)], protects: [.tcp(80)])
        let bench = Bench([.ssh, other]) { ($0.visitCapacity, $0.leaseCapacity) = (1, 1) }
        let ports: [Port] = [.udp(2222), .tcp(3333), .udp(4444), .tcp(5), .tcp(7), .tcp(22), .tcp(80)]
        var random: UInt64 = 1
        for step in 0..<20_000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let port = ports[Int(random >> 33) % ports.count]
            bench.verdict(on: port, from: stranger(UInt32(random >> 60)), at: Double(step) / 10)
        }
    }
}
