import KnockControl
import KnockCore
import PacketForge
import Testing

@testable import KnockDaemon

@Suite struct StatusReportTests {
    @Test func `of 30,000 visits at 300 doors 20,000 are listed, and all are counted`() throws {
        var rules = Rules()
        for number in 0..<300 as Range<UInt16> {
            let sequence = try #require(KnockSequence([.udp(9), .udp(1000 + number)]))
            rules.doors.append(Door(name: "\(number)", protects: [.tcp(22)], sequence: sequence))
        }
        var gate = Gate(rules, seed: HashSeed(1, 2))
        var events: [Event] = []
        for number in 0..<100 as Range<UInt32> {
            let bytes = Forged.ipv4(from: Address(ipv4: number), to: "203.0.113.5", .udp(from: 4, to: 9)).bytes
            _ = gate.decide(
                Packet(parsing: bytes.span, wireLength: bytes.count), at: Instant(nanoseconds: 0), events: &events)
        }
        let doors = gate.doors(at: Instant(nanoseconds: 1))
        #expect(doors.map(\.visits.count).reduce(0, +) == 20_000)
        #expect(doors.map(\.visitCount) == Array(repeating: 100, count: 300))
    }
}
