internal import KnockCore
internal import Netfilter

/// Stands between the queue and the gate: reads each packet, asks the gate, and puts the verdict into the queue's terms.
struct Doorkeeper: ~Copyable {
    var gate: Gate
    /// The bit that says "seen" in a packet's mark.
    let mark: UInt32
    /// What the gate told of, since it was last looked at.
    var events: [Event] = []
    /// How many packets came with the mark already set, and were dropped.
    private(set) var alreadyMarked: UInt64 = 0
    /// Whether such packets came since this was last set to false: the rule lacks its mark match.
    var sawMarked = false

    /// The packets that were sighted, and how many of them were answered.
    private var sightings: [Sighting] = []
    private var answered = 0

    init(gate: consuming Gate, mark: UInt32) {
        self.gate = gate
        self.mark = mark
        events.reserveCapacity(4 * PacketQueue.batchSize)
        sightings.reserveCapacity(PacketQueue.batchSize)
    }

    /// Takes a look at a packet that waits in the queue.
    mutating func sight(_ packet: QueuedPacket, _ bytes: Span<UInt8>) {
        sightings.append(gate.sight(Packet(parsing: bytes, wireLength: packet.length)))
    }

    /// To be called when all that wait were sighted, and before the first is answered.
    mutating func lookAhead() { gate.lookAhead(sightings) }

    /// Answers the next of the packets that were sighted, at `now`.
    mutating func answer(_ packet: QueuedPacket, at now: Instant) -> Answer {
        let sighting = sightings[answered]
        answered += 1
        if answered == sightings.count {
            sightings.removeAll(keepingCapacity: true)
            answered = 0
        }
        guard packet.mark & mark == 0 else {
            // It has been here before: without the mark match in the rule it would come again and again.
            alreadyMarked &+= 1
            sawMarked = true
            return .drop
        }
        switch gate.decide(sighting, at: now, events: &events) {
        case .accept: return .accept
        case .drop: return .drop
        case .next: return .again(mark: packet.mark | mark)
        }
    }
}
