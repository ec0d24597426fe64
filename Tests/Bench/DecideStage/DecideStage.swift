import Glibc
public import KnockCore
import PacketForge

/// A gate whose tables are full, without a kernel: every source has a visit and a lease at the first door.
///
/// The packets are drawn at random, and by the same seed each time; the keys of the gate's tables are the same, too.
public struct DecideStage: ~Copyable {
    /// What is asked of the gate, over and over.
    public enum Question: String, CaseIterable, Sendable {
        case stranger = "a stranger at a foreign port"
        case refused = "a stranger at a protected port"
        case visitor = "a knock again, of a source with a visit"
        case holder = "a connection, of a source with a lease"
        case newcomer = "a first knock that displaces a visit (the worst case)"
    }

    private static let server = Address(ipv4: 0xCB00_7105)
    private static let protected: UInt16 = 22
    private static let foreign: UInt16 = 9
    private static let firstKnock: UInt16 = 20_000

    private var gate: Gate
    private let sources: Int
    /// Those of the first sources, and of strangers behind them; the others' are numbers.
    private let addresses: [Address]
    private var newcomers = 0
    private var random = SplitMix64(seed: 1)
    private var now: Int64 = 1_000_000_000
    private var events: [Event] = []
    private var sightings: [Sighting] = []

    /// - Parameter addresses: those of the sources, if it matters which they are, and behind them those of the strangers.
    public init(doors: Int, sources: Int, addresses: [Address] = [], seed: HashSeed = HashSeed(1, 2)) {
        var rules = Rules()
        rules.doors = (0..<doors).compactMap(DecideStage.door)
        (rules.visitCapacity, rules.leaseCapacity) = (sources, sources)
        (self.sources, self.addresses) = (sources, addresses)
        gate = Gate(rules, seed: seed)
        for source in 0..<sources {
            decide(knock(of: source))
            gate.open(0, for: address(source), at: tick(), events: &events)
            events.removeAll(keepingCapacity: true)
        }
    }

    private static func door(_ number: Int) -> Door? {
        let ports = (0..<3).map { firstKnock + UInt16(3 * number + $0) }
        guard let sequence = KnockSequence([.udp(ports[0]), .tcp(ports[1]), .udp(ports[2])]) else { return nil }
        var door = Door(name: "door\(number)", protects: [.tcp(protected + UInt16(number))], sequence: sequence)
        (door.sequenceTimeout, door.openFor) = (.seconds(3600), .seconds(36_000))
        return door
    }

    /// How many nanoseconds a decision took, the mean of so many.
    public mutating func cost(of question: Question, packets count: Int, batch: Int) -> Double {
        let packets = (0..<count).map { _ in packet(question) }
        let start = DecideStage.clock
        for first in stride(from: 0, to: count, by: batch) {
            sightings.removeAll(keepingCapacity: true)
            for index in first..<min(first + batch, count) { sightings.append(gate.sight(packets[index])) }
            gate.lookAhead(sightings)
            let now = tick()
            for sighting in sightings { _ = gate.decide(sighting, at: now, events: &events) }
            events.removeAll(keepingCapacity: true)
        }
        return Double(DecideStage.clock - start) / Double(count)
    }

    private mutating func packet(_ question: Question) -> Packet {
        let known = Int.random(in: 0..<sources, using: &random)
        switch question {
        case .stranger: return connection(of: stranger(), to: DecideStage.foreign)
        case .refused: return connection(of: stranger(), to: DecideStage.protected)
        case .visitor: return knock(of: newcomers + known)
        case .holder: return connection(of: known, to: DecideStage.protected)
        case .newcomer:
            newcomers += 1
            return knock(of: sources + newcomers - 1)
        }
    }

    private mutating func stranger() -> Int {
        sources < addresses.count
            ? Int.random(in: sources..<addresses.count, using: &random)
            : 1 << 28 | Int.random(in: 0..<1 << 26, using: &random)
    }

    private mutating func decide(_ packet: Packet) {
        _ = gate.decide(packet, at: tick(), events: &events)
        events.removeAll(keepingCapacity: true)
    }

    private mutating func tick() -> Instant {
        now += 1000
        return Instant(nanoseconds: now)
    }

    private func address(_ source: Int) -> Address {
        source < addresses.count ? addresses[source] : Address(ipv4: UInt32(truncatingIfNeeded: source))
    }

    private func knock(of source: Int) -> Packet {
        Packet(
            from: address(source), to: DecideStage.server,
            .udp(source: 40_000, destination: DecideStage.firstKnock))
    }

    private func connection(of source: Int, to port: UInt16) -> Packet {
        Packet(from: address(source), to: DecideStage.server, .tcp(source: 40_000, destination: port, flags: .syn))
    }

    private static var clock: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
