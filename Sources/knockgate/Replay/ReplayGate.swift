import KnockCore

/// A gate that is shown a capture: it sees what the daemon would have seen if the rule had diverted these packets.
///
/// The clock is the capture's own. Where that runs backwards, nothing that has ended comes back.
struct ReplayGate: ~Copyable {
    /// What a packet of the capture was to the gate.
    struct Answer: Equatable {
        let packet: ReplayPacket
        let verdict: Verdict
        let events: [Event]
        /// What ended before the packet came.
        let ended: [Ended]
    }

    /// A lease that ended because its time was up.
    struct Ended: Equatable {
        let time: Instant
        let event: Event
    }

    let doors: [Door]
    private var gate: Gate

    init(_ rules: Rules) {
        doors = rules.doors
        // A capture may come from an attacker, too: the tables' hash gets a key of its own each time.
        gate = Gate(rules, seed: HashSeed(.random(in: 0 ... .max), .random(in: 0 ... .max)))
    }

    var tally: Tally { gate.tally }
    var timesOpened: [UInt64] { gate.timesOpened }

    mutating func judge(_ packet: ReplayPacket) -> Answer {
        let ended = expire(at: packet.time)
        var events: [Event] = []
        let verdict = gate.decide(packet.parsed, at: packet.time, events: &events)
        return Answer(packet: packet, verdict: verdict, events: events, ended: ended)
    }

    /// Ends the leases whose time is up, each at its own moment.
    mutating func expire(at now: Instant) -> [Ended] {
        var ended: [Ended] = []
        while let deadline = gate.nextDeadline, deadline <= now {
            var events: [Event] = []
            gate.expire(at: deadline, events: &events)
            ended += events.map { Ended(time: deadline, event: $0) }
        }
        return ended
    }

    /// The leases of each door, in the doors' order; those that end soonest come first.
    var leases: [[Gate.LeaseReport]] {
        var leases = Array(repeating: [Gate.LeaseReport](), count: doors.count)
        // Whatever had ended by the latest packet was taken out before it: what is left is live.
        gate.forEachLease(at: Instant(nanoseconds: .min)) { leases[$0.door].append($0) }
        return leases.map { $0.sorted { ($0.deadline, $0.source.description) < ($1.deadline, $1.source.description) } }
    }
}
