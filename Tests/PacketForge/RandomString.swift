public import KnockCore

/// A string of packets that comes from a few sources and mostly goes somewhere: half of it are next knocks, and many
/// of its times are deadlines.
///
/// It asks the oracle it leads where the sources stand, so that doors open often; what it makes of the answers is random.
public struct RandomString {
    public struct Step: Equatable, Sendable {
        /// Nil when it is malformed.
        public let packet: Packet?
        public let time: Instant
    }

    private var random: SplitMix64
    private var now: Instant
    /// Who does most of the knocking, and at which door.
    private let favourite: (source: Address, door: Int)

    public init(seed: UInt64, rules: Rules, start: Instant = Instant(nanoseconds: 1_700_000_000_000_000_000)) {
        random = SplitMix64(seed: seed)
        now = start
        favourite = (
            random.pick(SmallWorld.sourcesIPv4 + SmallWorld.sourcesIPv6), random.pick(rules.doors.indices)
        )
    }

    public mutating func step(with oracle: Oracle) -> Step {
        now = nextMoment(oracle)
        let source =
            random.chance(75) ? favourite.source : random.pick(SmallWorld.sourcesIPv4 + SmallWorld.sourcesIPv6)
        return Step(packet: packet(from: source, oracle), time: now)
    }

    /// Mostly soon, often a deadline or a nanosecond beside it, never earlier than the last.
    private mutating func nextMoment(_ oracle: Oracle) -> Instant {
        switch random.pick(0..<20) {
        case 0..<2:
            let deadline = random.pick([now] + oracle.deadlines)
            let beside = Instant(nanoseconds: deadline.nanoseconds + Int64.random(in: -1...1, using: &random))
            return max(now, beside)
        case 2: return now.advanced(by: .milliseconds(Int.random(in: 100...3000, using: &random)))
        case 3..<8: return now
        default: return now.advanced(by: .microseconds(Int.random(in: 0...40_000, using: &random)))
        }
    }

    private mutating func packet(from source: Address, _ oracle: Oracle) -> Packet? {
        let doors = oracle.rules.doors
        let number = random.chance(75) ? favourite.door % doors.count : random.pick(doors.indices)
        let door = doors[number]
        switch random.pick(0..<100) {
        case 0..<55:
            let closes = door.closeSequence != nil && random.chance(30)
            let track = Oracle.Track(source: oracle.source(of: source), door: number, closes: closes)
            let sequence = closes ? door.closeSequence ?? door.sequence : door.sequence
            return packet(from: source, to: sequence[oracle.heard(track)], for: door)
        case 55..<63: return packet(from: source, to: random.pick(door.sequence.knocks), for: door)
        case 63..<68: return packet(from: source, to: random.pick(SmallWorld.knocks), for: door)
        case 68..<90: return packet(from: source, to: random.pick(door.protects), for: nil)
        case 90..<94: return packet(from: source, to: random.pick(SmallWorld.others + SmallWorld.protected), for: nil)
        case 94..<97: return Packet(from: source, to: destination(source, nil), .other(random.pick([1, 47, 58, 132])))
        default: return nil
        }
    }

    private mutating func packet(from source: Address, to port: Port, for door: Door?) -> Packet {
        let destination = destination(source, door)
        let sourcePort = UInt16.random(in: 40_000...40_004, using: &random)
        switch port.transport {
        case .udp:
            return Packet(from: source, to: destination, .udp(source: sourcePort, destination: port.number))
        case .tcp:
            let flags = flags(matching: door?.tcpFlags ?? .syn)
            return Packet(
                from: source, to: destination, .tcp(source: sourcePort, destination: port.number, flags: flags))
        }
    }

    /// Mostly flags that the filter wants; sometimes any at all.
    private mutating func flags(matching filter: TCPFlagsFilter) -> TCPFlags {
        let noise = TCPFlags(rawValue: UInt8(truncatingIfNeeded: random.next()))
        switch random.pick(0..<20) {
        case 0..<3: return noise
        case 3..<5: return [.syn, .ack]
        case 5..<7: return filter.set.union(noise).subtracting(filter.clear)
        default: return filter.set.isEmpty ? .syn : filter.set
        }
    }

    /// Mostly an address that counts at the door; sometimes another, or one for many.
    private mutating func destination(_ source: Address, _ door: Door?) -> Address {
        let all = source.family == .ipv4 ? SmallWorld.destinationsIPv4 : SmallWorld.destinationsIPv6
        let wanted = (door?.targets ?? []).filter { $0.family == source.family }
        guard random.chance(88) else { return random.pick(all) }
        return wanted.isEmpty ? all[0] : random.pick(wanted)
    }
}
