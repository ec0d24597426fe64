import KnockCore
import PacketForge
import Testing

/// R2 and R4 to R8: what packets mean to visits.
@Suite struct GateVisitsTests {
    @Test func `the first knock begins a visit, the last one opens the door (R5, R6)`() {
        let bench = Bench([.plain])
        #expect(bench.hears(.udp(2222), at: 0) == [.knocked(heard: 1, of: 3)])
        #expect(bench.hears(.tcp(3333), at: 1) == [.knocked(heard: 2, of: 3)])
        #expect(bench.hears(.udp(4444), at: 2) == [.knocked(heard: 3, of: 3), .opened(until: .second(12))])
        #expect(bench.admits(at: 2))
    }

    @Test func `a visit that has opened its door is over (R6)`() {
        let bench = Bench([.plain])
        bench.knock([.udp(2222), .tcp(3333), .udp(4444)], at: 0)
        #expect(bench.hears(.udp(4444), at: 1) == [])
        #expect(bench.hears(.udp(2222), at: 2) == [.knocked(heard: 1, of: 3)])
    }

    @Test func `a knock other than the first begins nothing (R5)`() {
        let bench = Bench([.plain])
        #expect(bench.hears(.tcp(3333), at: 0) == [])
        #expect(bench.hears(.udp(4444), at: 1) == [])
        #expect(bench.hears(.tcp(2222), at: 2) == [])
    }

    @Test func `at its deadline a visit has ended, a moment before it has not (R5)`() {
        for (last, opens) in [(14.999_999_999, true), (15, false)] {
            let bench = Bench([.plain])
            bench.knock([.udp(2222), .tcp(3333)], at: 0)
            bench.verdict(on: .udp(4444), at: last)
            #expect(bench.admits(at: 15) == opens, "the last knock at \(last) s")
        }
    }

    @Test func `after its deadline a visit begins anew with the first knock, and with no other (R5)`() {
        let bench = Bench([.plain])
        bench.knock([.udp(2222), .tcp(3333)], at: 0)
        #expect(bench.hears(.tcp(3333), at: 15) == [])
        #expect(bench.hears(.udp(2222), at: 16) == [.knocked(heard: 1, of: 3)])
        #expect(bench.hears(.tcp(3333), at: 30) == [.knocked(heard: 2, of: 3)])
    }

    @Test func `a knock heard already changes nothing, nor does it move the deadline (R7)`() {
        let bench = Bench([.plain])
        bench.verdict(on: .udp(2222), at: 0)
        #expect(bench.hears(.udp(2222), at: 10) == [])
        #expect(bench.hears(.tcp(3333), at: 11) == [.knocked(heard: 2, of: 3)])
        #expect(bench.hears(.udp(2222), at: 12) == [])
        #expect(bench.hears(.tcp(3333), at: 13) == [])
        #expect(bench.hears(.udp(4444), at: 15) == [])
        #expect(!bench.admits(at: 15))
    }

    @Test func `where a port stands twice, it is the next knock before it is a repeat (R6, R7)`() {
        let bench = Bench([.named("door", [.tcp(1), .tcp(1), .tcp(2), .tcp(1)])])
        #expect(bench.hears(.tcp(1), at: 0) == [.knocked(heard: 1, of: 4)])
        #expect(bench.hears(.tcp(1), at: 1) == [.knocked(heard: 2, of: 4)])
        #expect(bench.hears(.tcp(1), at: 2) == [])
        #expect(bench.hears(.tcp(2), at: 3) == [.knocked(heard: 3, of: 4)])
        #expect(bench.hears(.tcp(1), at: 4) == [.knocked(heard: 4, of: 4), .opened(until: .second(14))])
    }

    @Test(arguments: [Port.tcp(80), .udp(80), .tcp(2222), .udp(4444), .tcp(0)])
    func `any other SYN or datagram ends the visit (R8)`(stray: Port) {
        let bench = Bench([.plain])
        bench.verdict(on: .udp(2222), at: 0)
        #expect(bench.hears(stray, at: 1) == [.strayed(heard: 1, of: 3)])
        bench.knock([.tcp(3333), .udp(4444)], at: 2)
        #expect(!bench.admits(at: 2))
    }

    @Test func `protected ports of any door, ignored ports, multicast and broadcast end no visit (R3, R8)`() {
        let other = Door.named("other", [.tcp(5), .tcp(4), .tcp(9)], protects: [.tcp(443)])
        let bench = Bench([.plain, other]) { $0.ignore = [.tcp(80)] }
        bench.verdict(on: .udp(2222), at: 0)
        #expect(bench.verdict(on: .tcp(22), at: 1) == .drop)
        #expect(bench.verdict(on: .tcp(443), at: 1) == .drop)
        #expect(bench.hears(.tcp(80), at: 1) == [])
        #expect(bench.hears(.udp(5353), to: "224.0.0.251", at: 1) == [])
        #expect(bench.hears(.udp(67), to: "255.255.255.255", at: 1) == [])
        bench.gate.broadcasts = ["203.0.113.255"]
        #expect(bench.hears(.udp(137), to: "203.0.113.255", at: 1) == [])
        #expect(bench.hears(.tcp(3333), at: 2) == [.knocked(heard: 2, of: 3)])
    }

    @Test(arguments: [
        TCPFlags.ack, [.syn, .ack], .rst, .fin, [.syn, .rst], [.syn, .fin], [], [.psh, .ack], [.fin, .psh, .urg],
    ])
    func `a TCP packet that isn't a SYN alone is no knock and disturbs no visit (R2)`(flags: TCPFlags) {
        let bench = Bench([.named("door", [.tcp(1), .tcp(2), .tcp(3)])])
        #expect(bench.hears(.tcp(1), flags: flags, at: 0) == [])
        bench.verdict(on: .tcp(1), at: 1)
        #expect(bench.hears(.tcp(2), flags: flags, at: 2) == [])
        #expect(bench.hears(.tcp(80), flags: flags, at: 2) == [])
        #expect(bench.hears(.tcp(2), at: 3) == [.knocked(heard: 2, of: 3)])
    }

    @Test func `PSH, URG and the ECN bits beside SYN make no difference (R2)`() {
        let bench = Bench([.named("door", [.tcp(1), .tcp(2), .tcp(3)])])
        #expect(bench.hears(.tcp(1), flags: TCPFlags(rawValue: 0xC2), at: 0) == [.knocked(heard: 1, of: 3)])
        #expect(bench.hears(.tcp(2), flags: [.syn, .psh, .urg], at: 0) == [.knocked(heard: 2, of: 3)])
    }

    @Test func `with tcpflags a door hears those packets, and no others (R2)`() {
        let door = Door.named("door", [.tcp(1), .tcp(2), .udp(3)]).with {
            $0.tcpFlags = TCPFlagsFilter(set: .fin, clear: .ack)
        }
        let bench = Bench([door])
        #expect(bench.hears(.tcp(1), at: 0) == [])
        #expect(bench.hears(.tcp(1), flags: .fin, at: 0) == [.knocked(heard: 1, of: 3)])
        #expect(bench.hears(.tcp(80), at: 1) == [])
        #expect(bench.hears(.tcp(2), flags: [.fin, .ack], at: 1) == [])
        #expect(bench.hears(.tcp(2), flags: [.fin, .psh], at: 1) == [.knocked(heard: 2, of: 3)])
        #expect(bench.hears(.tcp(80), flags: .fin, at: 2) == [.strayed(heard: 2, of: 3)])
    }

    @Test func `with a target only packets to that address count`() {
        let bench = Bench([.plain.with { $0.targets = [Bench.server] }])
        #expect(bench.hears(.udp(2222), to: "203.0.113.6", at: 0) == [])
        #expect(bench.hears(.udp(2222), at: 1) == [.knocked(heard: 1, of: 3)])
        #expect(bench.hears(.tcp(80), to: "203.0.113.6", at: 2) == [])
        #expect(bench.hears(.tcp(3333), at: 3) == [.knocked(heard: 2, of: 3)])
    }

    @Test func `sources are independent: neither one's errors nor its success touch another`() {
        let bench = Bench([.plain])
        bench.verdict(on: .udp(2222), at: 0)
        bench.verdict(on: .udp(2222), from: Bench.bob, at: 0)
        bench.verdict(on: .tcp(80), from: Bench.bob, at: 1)
        #expect(bench.hears(.tcp(3333), at: 2) == [.knocked(heard: 2, of: 3)])
        bench.knock([.udp(2222), .tcp(3333), .udp(4444)], from: Bench.bob, at: 3)
        #expect(bench.hears(.udp(4444), at: 4) == [.knocked(heard: 3, of: 3), .opened(until: .second(14))])
    }

    @Test func `doors are independent: one packet can be a knock here and a stray there`() {
        let bench = Bench([
            .named("a", [.tcp(1), .tcp(2), .tcp(3)]), .named("b", [.tcp(1), .tcp(5), .tcp(3)], protects: [.tcp(80)]),
        ])
        #expect(bench.hears(.tcp(1), at: 0) == [.knocked(heard: 1, of: 3), .knocked(heard: 1, of: 3)])
        let changes = bench.hears(.tcp(5), at: 1)
        #expect(changes.count == 2)
        #expect(changes.contains(.strayed(heard: 1, of: 3)) && changes.contains(.knocked(heard: 2, of: 3)))
    }

    @Test func `a scan opens nothing, up, down or through the knocks in their order (R8)`() {
        for ports in [Array(1...5000), Array((1...5000).reversed())] {
            let bench = Bench([.named("door", [.tcp(1111), .tcp(2222), .tcp(3333)], protects: [.tcp(8855)])])
            for port in ports { bench.verdict(on: .tcp(UInt16(port)), at: Double(port) / 1e6) }
            #expect(!bench.admits(to: .tcp(8855), at: 1))
        }
    }

    @Test func `a sequence of one knock opens at once`() {
        let bench = Bench([.named("door", [.tcp(7)])])
        #expect(bench.hears(.tcp(7), at: 0) == [.knocked(heard: 1, of: 1), .opened(until: .second(10))])
    }

    @Test(arguments: Verdict.allCases)
    func `a knock gets the verdict of any other port (R4)`(otherwise: Verdict) {
        let bench = Bench([.plain]) { $0.otherwise = otherwise }
        for port in [Port.udp(2222), .tcp(3333), .udp(4444), .tcp(9), .udp(9)] {
            #expect(bench.verdict(on: port, at: 0) == otherwise)
        }
    }

    @Test func `IPv6 sources share a visit as far as the prefix says`() {
        let bench = Bench([.plain]) { $0.ipv6SourcePrefix = 64 }
        bench.verdict(on: .udp(2222), from: "2001:db8::1", at: 0)
        #expect(bench.hears(.tcp(3333), from: "2001:db8::2", at: 0) == [.knocked(heard: 2, of: 3)])
        #expect(bench.hears(.udp(4444), from: "2001:db8:0:1::1", at: 0) == [])
        #expect(bench.hears(.udp(4444), from: "2001:db8::3", at: 0).count == 2)
        #expect(bench.admits("2001:db8::4", at: 1))
        #expect(!bench.admits("2001:db8:0:1::4", at: 1))
    }

    @Test func `without a whole prefix each IPv6 address is a source of its own`() {
        let bench = Bench([.plain])
        bench.verdict(on: .udp(2222), from: "2001:db8::1", at: 0)
        #expect(bench.hears(.tcp(3333), from: "2001:db8::2", at: 0) == [])
    }
}
