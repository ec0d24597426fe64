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

    init(gate: consuming Gate, mark: UInt32) {
        self.gate = gate
        self.mark = mark
        events.reserveCapacity(4 * PacketQueue.batchSize)
    }

    /// Answers a packet that waits in the queue, at `now`.
    mutating func answer(_ packet: QueuedPacket, _ bytes: Span<UInt8>, at now: Instant) -> Answer {
        guard packet.mark & mark == 0 else {
            // It has been here before: without the mark match in the rule it would come again and again.
            alreadyMarked &+= 1
            sawMarked = true
            return .drop
        }
        switch gate.decide(Packet(parsing: bytes, wireLength: packet.length), at: now, events: &events) {
        case .accept: return .accept
        case .drop: return .drop
        case .next: return .again(mark: packet.mark | mark)
        }
    }
}
