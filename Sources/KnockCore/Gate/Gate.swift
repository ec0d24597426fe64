/// The decision: follows every source's progress through the doors' sequences and answers each packet with a verdict.
///
///     Packet ─▶ to a protected port? ─yes─▶ a live lease? ──▶ accept, or the `closed` verdict (R3)
///                      │ no
///                      └─▶ every visit of this source hears it (R5 to R8) ──▶ the `otherwise` verdict (R4)
///
/// A gate asks nothing of the world: it is told the time (R14), and tells what changed as events. Its memory is set
/// aside when it is made (R15), and no packet can make it trap (R16).
///
/// The parts: this file judges packets, `GateVisits` follows knocks, `GateLeases` keeps the rights, `GateReload` takes
/// new rules, `GateReport` shows what is there.
public struct Gate: ~Copyable {
    public internal(set) var rules: Rules
    public internal(set) var tally = Tally()
    /// The broadcast addresses of the networks that the machine is in: packets to them end no visit (R8).
    public var broadcasts: Set<Address> = []
    /// How often each door of the rules was opened, in their order.
    public internal(set) var timesOpened: [UInt64]

    let seed: HashSeed
    var tracks: [Track]
    /// Whether a door has a closing sequence.
    let hasClosings: Bool
    var ports: PortMap
    var visits: VisitTable
    var leases: LeaseTable
    /// For each track the number of the last packet that a visit on it took for itself.
    var lastHeard: [UInt64]
    var packetNumber: UInt64 = 0
    /// What looking ahead has found: nothing that anybody wants to know.
    var lookedAt: UInt64 = 0
    /// The slots of those that it looks ahead for.
    var likely: (visits: [Int], leases: [Int]) = ([], [])

    /// A gate that nobody has visited yet.
    public init(_ rules: Rules, seed: HashSeed) {
        self.init(rules, seed: seed, leaseCapacity: rules.leaseCapacity, portsEach: 0)
    }

    /// - Parameters:
    ///   - leaseCapacity: how many leases there is room for, whatever the rules say.
    ///   - portsEach: how many connections can be told apart at least, whatever the rules say.
    init(_ rules: Rules, seed: HashSeed, leaseCapacity: Int, portsEach: Int) {
        let tracks = rules.tracks
        self.rules = rules
        self.seed = seed
        self.tracks = tracks
        hasClosings = tracks.contains { $0.purpose == .close }
        ports = PortMap(rules, tracks: tracks)
        visits = VisitTable(
            capacity: rules.visitCapacity, longestTrack: tracks.map(\.knocks.count).max() ?? 1)
        leases = LeaseTable(
            capacity: leaseCapacity, portsEach: rules.doors.compactMap(\.connections).reduce(portsEach, max))
        lastHeard = Array(repeating: 0, count: tracks.count)
        timesOpened = Array(repeating: 0, count: rules.doors.count)
    }

    /// Answers a new inbound packet, and appends what it changed to `events`.
    ///
    /// - Parameter packet: nil for bytes that couldn't be read as one (R1).
    public mutating func decide(_ packet: Packet?, at now: Instant, events: inout [Event]) -> Verdict {
        decide(sight(packet), at: now, events: &events)
    }

    /// Answers a packet that was sighted, as if it came now.
    public mutating func decide(_ sighting: Sighting, at now: Instant, events: inout [Event]) -> Verdict {
        let verdict = judge(sighting, at: now, events: &events)
        tally.count(verdict)
        return verdict
    }

    private mutating func judge(_ sighting: Sighting, at now: Instant, events: inout [Event]) -> Verdict {
        guard let packet = sighting.packet else {
            tally.countMalformed()
            return .drop
        }
        guard let caller = sighting.caller, let port = packet.destinationPort else { return rules.otherwise }
        let meaning = ports[port]
        guard meaning.isProtected else {
            hear(packet, to: port, meaning, of: caller, at: now, events: &events)
            return rules.otherwise
        }
        return admits(packet, of: caller, to: meaning, at: now, events: &events) ? .accept : rules.closed
    }

    func source(of address: Address) -> Source {
        Source(address, ipv6Prefix: rules.ipv6SourcePrefix)
    }

    func caller(at address: Address) -> Caller {
        Caller(source(of: address), seed)
    }
}
