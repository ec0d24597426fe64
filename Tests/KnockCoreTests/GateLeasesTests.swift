import KnockCore
import PacketForge
import Testing

/// R1, R3 and R9 to R13: who is let in.
@Suite struct GateLeasesTests {
    private let knocks: [Port] = [.udp(2222), .tcp(3333), .udp(4444)]
    private let closing: [Port] = [.udp(4444), .tcp(3333), .udp(2222)]

    @Test func `bytes that can't be read are dropped, and counted (R1)`() {
        let bench = Bench([.plain]) { $0.otherwise = .accept }
        #expect(bench.verdict(on: nil, at: 0) == .drop)
        #expect(bench.gate.tally.malformed == 1)
        #expect(bench.gate.tally.dropped == 1)
        #expect(bench.events.isEmpty)
    }

    @Test func `other protocols get the verdict of other ports, and disturb nothing (R1)`() {
        let bench = Bench([.plain])
        bench.verdict(on: .udp(2222), at: 0)
        #expect(bench.verdict(on: Packet(from: Bench.alice, to: Bench.server, .other(1)), at: 1) == .next)
        #expect(bench.events.isEmpty)
        #expect(bench.hears(.tcp(3333), at: 2) == [.knocked(heard: 2, of: 3)])
    }

    @Test(arguments: [Verdict.drop, .next])
    func `a protected port without a lease gets the closed verdict (R3)`(closed: Verdict) {
        let bench = Bench([.plain]) { $0.closed = closed }
        #expect(bench.verdict(on: .tcp(22), at: 0) == closed)
        #expect(bench.verdict(on: .udp(22), at: 0) == .next)
    }

    @Test func `a lease ends at its deadline, not a moment before (R9)`() {
        let bench = Bench([.plain])
        bench.knock(knocks, at: 0)
        #expect(bench.admits(at: 9.999_999_999))
        #expect(!bench.admits(at: 10))
    }

    @Test func `the lease is for its source alone`() {
        let bench = Bench([.plain])
        bench.knock(knocks, at: 0)
        #expect(!bench.admits(Bench.bob, at: 1))
    }

    @Test func `knocking again sets the deadline anew (R9)`() {
        let bench = Bench([.plain])
        bench.knock(knocks, at: 0)
        bench.knock(knocks, at: 8)
        #expect(bench.admits(at: 17.9))
        #expect(!bench.admits(at: 18))
    }

    @Test(arguments: [TCPFlags.ack, [.syn, .ack], .rst, []])
    func `any TCP packet to a protected port is judged by the lease alone (R2)`(flags: TCPFlags) {
        let bench = Bench([.plain])
        #expect(!bench.admits(flags: flags, at: 0))
        bench.knock(knocks, at: 1)
        #expect(bench.admits(flags: flags, at: 1))
    }

    @Test func `sources in allow_from need no knock (R3)`() throws {
        let home = try #require(Network("198.51.100.0/24"))
        let bench = Bench([.plain]) { $0.allowFrom = [home] }
        #expect(bench.admits(at: 0))
        #expect(!bench.admits("198.51.101.7", at: 0))
        #expect(bench.verdict(on: .tcp(80), at: 0) == .next)
    }

    @Test func `a limited lease admits that many connections, and their repeated SYNs (R10)`() {
        let bench = Bench([.plain.with { $0.connections = 2 }])
        bench.knock(knocks, at: 0)
        #expect(bench.admits(sourcePort: 1, at: 1))
        #expect(bench.events.map(\.change) == [.connected(sourcePort: 1, used: 1, of: 2)])
        #expect(bench.admits(sourcePort: 1, at: 1))
        #expect(bench.events == [])
        #expect(bench.admits(sourcePort: 2, at: 2))
        #expect(!bench.admits(sourcePort: 3, at: 3))
        #expect(bench.admits(sourcePort: 1, at: 4))
        #expect(bench.admits(sourcePort: 2, at: 4))
        #expect(!bench.admits(sourcePort: 1, at: 10))
    }

    @Test func `packets that begin no connection aren't counted (R2, R10)`() {
        let bench = Bench([.plain.with { $0.connections = 1 }])
        bench.knock(knocks, at: 0)
        #expect(bench.admits(sourcePort: 9, flags: .ack, at: 1))
        #expect(bench.admits(sourcePort: 1, at: 1))
        #expect(!bench.admits(sourcePort: 9, flags: .ack, at: 1))
        #expect(bench.admits(sourcePort: 1, flags: .ack, at: 1))
    }

    @Test func `knocking again after a lease is used up makes a fresh one (R9, R10)`() {
        let bench = Bench([.plain.with { $0.connections = 1 }])
        bench.knock(knocks, at: 0)
        #expect(bench.admits(sourcePort: 1, at: 1))
        #expect(!bench.admits(sourcePort: 2, at: 1))
        bench.knock(knocks, at: 2)
        #expect(bench.admits(sourcePort: 2, at: 3))
    }

    @Test func `the closing sequence ends the lease (R11)`() {
        let bench = Bench([.ssh])
        bench.knock(knocks, at: 0)
        #expect(bench.admits(at: 1))
        bench.knock(closing, at: 2)
        #expect(bench.events.map(\.change).contains(.closed(.knocked)))
        #expect(!bench.admits(at: 2))
    }

    @Test func `a closing sequence without a lease does nothing (R11)`() {
        let bench = Bench([.ssh])
        bench.knock(closing, at: 0)
        #expect(!bench.events.contains { if case .closed = $0.change { true } else { false } })
    }

    @Test func `where a knock completes both of a door's sequences, closing has the last word (R11)`() {
        let door = Door.plain.with { $0.closeSequence = KnockSequence([.tcp(3333), .udp(4444)]) }
        let bench = Bench([door])
        bench.knock(knocks, at: 0)
        #expect(bench.events.map(\.change).suffix(2) == [.knockedToClose(heard: 2, of: 2), .closed(.knocked)])
        #expect(!bench.admits(at: 1))
    }

    @Test func `where two doors protect a port, any lease of either admits (R13)`() {
        let other = Door.named("other", [.tcp(9), .tcp(5), .tcp(7)], protects: [.tcp(22), .tcp(80)])
        let bench = Bench([.plain, other])
        bench.knock([.tcp(9), .tcp(5), .tcp(7)], at: 0)
        #expect(bench.admits(at: 1))
        #expect(bench.admits(to: .tcp(80), at: 1))
        let ssh = Bench([.plain, other])
        ssh.knock(knocks, at: 0)
        #expect(ssh.admits(at: 1))
        #expect(!ssh.admits(to: .tcp(80), at: 1))
    }

    @Test func `of two leases for a port one alone counts the connection, the first in the file (R10, R13)`() {
        let other = Door.named("other", [.tcp(9), .tcp(5), .tcp(7)]).with { $0.connections = 1 }
        let bench = Bench([.plain.with { $0.connections = 1 }, other])
        bench.knock([.tcp(9), .tcp(5), .tcp(7)], at: 0)
        bench.knock(knocks, at: 0)
        #expect(bench.admits(sourcePort: 1, at: 1))
        #expect(bench.events.map(\.door) == [0])
        #expect(bench.admits(sourcePort: 2, at: 1))
        #expect(bench.events.map(\.door) == [1])
        #expect(!bench.admits(sourcePort: 3, at: 1))
    }

    @Test func `leases end one by one, each told of once, and say when the next one ends (R14)`() {
        let bench = Bench([.plain])
        bench.knock(knocks, at: 0)
        bench.knock(knocks, from: Bench.bob, at: 3)
        #expect(bench.gate.nextDeadline == .second(10))
        #expect(bench.expire(at: 9.9).isEmpty)
        #expect(
            bench.expire(at: 10) == [Event(door: 0, source: Source(Bench.alice, ipv6Prefix: 128), .closed(.timeIsUp))])
        #expect(bench.gate.nextDeadline == .second(13))
        #expect(bench.expire(at: 20).map(\.source.description) == ["198.51.100.8"])
        #expect(bench.gate.nextDeadline == nil)
    }

    @Test func `a door opened and closed by hand`() {
        let bench = Bench([.plain])
        bench.open(Bench.alice, lasting: .seconds(60), at: 0)
        #expect(bench.events.map(\.change) == [.opened(until: .second(60))])
        #expect(bench.admits(at: 59))
        #expect(bench.close(Bench.alice, at: 59))
        #expect(bench.events.map(\.change) == [.closed(.asked)])
        #expect(!bench.admits(at: 59))
        #expect(!bench.close(Bench.alice, at: 59))
        bench.open(Bench.alice, at: 60)
        #expect(bench.admits(at: 69))
        #expect(!bench.admits(at: 70))
    }

    @Test func `a lease from before goes on with what it had left (R12)`() {
        let bench = Bench([.plain.with { $0.connections = 2 }])
        #expect(bench.restore(Bench.alice, until: 5, ports: [1], at: 0))
        #expect(!bench.restore(Bench.bob, until: 5, at: 5))
        #expect(bench.admits(sourcePort: 2, at: 1))
        #expect(!bench.admits(sourcePort: 3, at: 1))
        #expect(bench.admits(sourcePort: 1, at: 4.9))
        #expect(!bench.admits(sourcePort: 1, at: 5))
    }

    @Test func `every verdict is counted`() {
        let bench = Bench([.plain])
        bench.knock(knocks, at: 0)
        _ = bench.admits(at: 1)
        _ = bench.admits(Bench.bob, at: 1)
        #expect(bench.gate.tally.passedOn == 3)
        #expect(bench.gate.tally.accepted == 1)
        #expect(bench.gate.tally.dropped == 1)
        #expect(bench.gate.timesOpened == [1])
    }
}
