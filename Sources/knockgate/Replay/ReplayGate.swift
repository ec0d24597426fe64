import Capture
import KnockCore

/// A gate that is shown a capture: it sees what the daemon would have seen if the rule had diverted every packet.
///
/// The clock is the capture's own. Where that runs backwards, nothing that has ended comes back.
struct ReplayGate: ~Copyable {
    /// What a packet of the capture was to the gate.
    struct Answer: Equatable {
        /// A lease that ended because its time was up, before the packet came.
        struct Ended: Equatable {
            let time: Instant
            let event: Event
        }

        let number: Int
        let time: Instant
        /// Nil when it is malformed (R1).
        let packet: Packet?
        /// Nil when not even these could be read.
        let addresses: PacketAddresses?
        let verdict: Verdict
        let events: [Event]
        let ended: [Ended]
    }

    private var gate: Gate

    init(_ rules: Rules, seed: HashSeed) {
        gate = Gate(rules, seed: seed)
    }

    var tally: Tally { gate.tally }
    var timesOpened: [UInt64] { gate.timesOpened }

    /// Judges one packet of the capture, whose bytes begin with its IP header.
    mutating func judge(_ captured: CapturedPacket, _ bytes: Span<UInt8>) -> Answer {
        let now = Instant(nanoseconds: captured.nanoseconds)
        let ended = expire(at: now)
        let packet = Packet(parsing: bytes, wireLength: captured.wireLength)
        var events: [Event] = []
        let verdict = gate.decide(packet, at: now, events: &events)
        return Answer(
            number: captured.number, time: now, packet: packet,
            addresses: packet.map(PacketAddresses.init) ?? PacketAddresses(in: bytes), verdict: verdict,
            events: events, ended: ended)
    }

    /// Ends the leases whose time is up, each at its own moment.
    private mutating func expire(at now: Instant) -> [Answer.Ended] {
        var ended: [Answer.Ended] = []
        while let deadline = gate.nextDeadline, deadline <= now {
            var events: [Event] = []
            gate.expire(at: deadline, events: &events)
            ended += events.map { Answer.Ended(time: deadline, event: $0) }
        }
        return ended
    }

    /// How many leases each door has, in the doors' order.
    var leases: [Int] {
        var counts = Array(repeating: 0, count: gate.rules.doors.count)
        // Whatever had ended by the latest packet was taken out before it: what is left is live.
        gate.forEachLease(at: Instant(nanoseconds: .min)) { counts[$0.door] += 1 }
        return counts
    }
}

/// Where a packet comes from and where it goes, which many a malformed one tells as well.
struct PacketAddresses: Equatable {
    let source: Address
    let destination: Address

    init(_ packet: Packet) {
        (source, destination) = (packet.source, packet.destination)
    }

    /// Reads them from an IPv4 header of 20 bytes, or an IPv6 header of 40, whatever else it says.
    init?(in bytes: Span<UInt8>) {
        switch bytes.isEmpty ? 0 : bytes[0] >> 4 {
        case 4 where bytes.count >= 20:
            source = Address(ipv4: UInt32(bytes.number(at: 12, length: 4)))
            destination = Address(ipv4: UInt32(bytes.number(at: 16, length: 4)))
        case 6 where bytes.count >= 40:
            source = Address(ipv6: bytes.number(at: 8, length: 8), bytes.number(at: 16, length: 8))
            destination = Address(ipv6: bytes.number(at: 24, length: 8), bytes.number(at: 32, length: 8))
        default: return nil
        }
    }
}

extension Span<UInt8> {
    /// The big-endian number in up to 8 bytes, which the caller knows to be there.
    fileprivate func number(at offset: Int, length: Int) -> UInt64 {
        (offset..<offset + length).reduce(0) { $0 << 8 | UInt64(self[$1]) }
    }
}
