import KnockCore
import PacketForge
import Testing

/// R12 for reloads: what outlives a change of the rules.
@Suite struct GateReloadTests {
    private let knocks: [Port] = [.udp(2222), .tcp(3333), .udp(4444)]

    @Test func `an unchanged door keeps its leases and visits, whatever happens around it`() {
        let bench = Bench([.named("gone", [.tcp(9), .tcp(5), .tcp(7)], protects: [.tcp(80)]), .ssh])
        bench.knock(knocks, at: 0)
        bench.knock([.udp(2222), .tcp(3333)], from: Bench.bob, at: 0)
        let carried = bench.adopt([.ssh, .named("new", [.tcp(1), .tcp(8), .tcp(6)])], at: 1)
        #expect(carried == Gate.Carried(1, visits: 2, ended: 0))
        #expect(bench.admits(at: 9.9))
        #expect(!bench.admits(at: 10))
        #expect(bench.hears(.udp(4444), from: Bench.bob, at: 14).contains(.opened(until: .second(24))))
        #expect(bench.gate.timesOpened == [2, 0])
        #expect(bench.gate.tally.passedOn == 6)
    }

    @Test func `a changed door keeps its leases by name, and forgets its visits`() {
        let bench = Bench([.plain])
        bench.knock(knocks, at: 0)
        bench.verdict(on: .udp(2222), from: Bench.bob, at: 0)
        let changed = Door.plain.with { $0.openFor = .seconds(99) }
        #expect(
            bench.adopt([changed], at: 1) == Gate.Carried(1, visits: 0, ended: 0))
        #expect(bench.admits(at: 9))
        #expect(!bench.admits(at: 10))
        #expect(bench.hears(.tcp(3333), from: Bench.bob, at: 10) == [])
    }

    @Test func `leases of a door that is gone end`() {
        let bench = Bench([.plain])
        bench.knock(knocks, at: 0)
        let other = Door.named("other", [.udp(2222), .tcp(3333), .udp(4444)])
        #expect(bench.adopt([other], at: 1) == Gate.Carried(0, visits: 0, ended: 1))
        #expect(!bench.admits(at: 1))
    }

    @Test func `the networks' broadcast addresses stay known`() {
        let bench = Bench([.plain])
        bench.gate.broadcasts = ["203.0.113.255"]
        _ = bench.adopt([.plain], at: 0)
        bench.verdict(on: .udp(2222), at: 1)
        #expect(bench.hears(.udp(137), to: "203.0.113.255", at: 2) == [])
    }

    @Test func `a used connection stays used`() {
        let door = Door.plain.with { $0.connections = 3 }
        let bench = Bench([door])
        bench.knock(knocks, at: 0)
        for port in 1...3 { #expect(bench.admits(sourcePort: UInt16(port), at: 1)) }
        _ = bench.adopt([door.with { $0.connections = 1 }], at: 2)
        #expect(!bench.admits(sourcePort: 4, at: 3))
    }

    @Test func `where the IPv6 prefix changes, a lease for a host doesn't become one for its subnet`() {
        let bench = Bench([.plain])
        bench.knock(knocks, from: "2001:db8::1", at: 0)
        bench.knock(knocks, at: 0)
        let carried = bench.adopt([.plain], at: 1) { $0.ipv6SourcePrefix = 64 }
        #expect(carried == Gate.Carried(1, visits: 0, ended: 1))
        #expect(!bench.admits("2001:db8::1", at: 1))
        #expect(bench.admits(at: 1))
    }

    @Test func `a table of leases that is told to shrink keeps all live ones (R15)`() {
        let bench = Bench([.plain])
        for number in 0..<10 as Range<UInt32> { bench.knock(knocks, from: Address(ipv4: number), at: 0) }
        #expect(bench.adopt([.plain], at: 1, { $0.leaseCapacity = 2 }).leases == 10)
        #expect(bench.admits(Address(ipv4: 7), at: 2))
    }

    @Test func `a table of visits that is told to shrink keeps those that have heard most (R15)`() {
        let bench = Bench([.plain])
        for number in 0..<10 as Range<UInt32> { bench.verdict(on: .udp(2222), from: Address(ipv4: number), at: 0) }
        bench.verdict(on: .tcp(3333), from: Address(ipv4: 3), at: 0)
        _ = bench.adopt([.plain], at: 1) { $0.visitCapacity = 1 }
        #expect(bench.hears(.udp(4444), from: Address(ipv4: 3), at: 2).count == 2)
    }

    @Test func `the report shows each live lease and visit once`() {
        let bench = Bench([.ssh])
        bench.knock(knocks, at: 0)
        bench.knock([.udp(2222)], from: Bench.bob, at: 1)
        var leases: [Gate.LeaseReport] = []
        var visits: [Gate.VisitReport] = []
        bench.gate.forEachLease(at: .second(2)) { leases.append($0) }
        bench.gate.forEachVisit(at: .second(2)) { visits.append($0) }
        #expect(leases.map(\.source.description) == ["198.51.100.7"])
        #expect(leases.map(\.deadline) == [.second(10)])
        // Alice's last knock is the first one of the closing sequence.
        #expect(visits.map(\.source.description).sorted() == ["198.51.100.7", "198.51.100.8"])
        #expect(visits.filter(\.isClosing).map(\.heard) == [1])
        leases = []
        bench.gate.forEachLease(at: .second(10)) { leases.append($0) }
        #expect(leases.isEmpty)
    }
}

extension Gate.Carried {
    fileprivate init(_ leases: Int, visits: Int, ended: Int) {
        self.init()
        (self.leases, self.visits, leasesEnded) = (leases, visits, ended)
    }
}
