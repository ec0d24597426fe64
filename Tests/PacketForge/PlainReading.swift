public import KnockCore

/// A third reading of R2 to R13, as plain as it can be: it keeps a list of all packets that came, and nothing else. What
/// a source has heard, and whether it holds a lease, is read out of the list each time it is asked.
///
/// It doesn't know R8's broadcasts, `target`, `tcpflags` or `allow_from`: it is for small worlds without them.
public struct PlainReading {
    fileprivate struct Arrival {
        let time: Instant
        let source: Address
        let sourcePort: UInt16
        let port: Port
        /// Whether it can be a knock and begin a connection (R2): UDP, or a SYN without ACK, RST and FIN.
        let counts: Bool
    }

    private let rules: Rules
    private var past: [Arrival] = []

    public init(_ rules: Rules) {
        self.rules = rules
    }

    /// Forgets the packet that came last.
    public mutating func takeBack() { past.removeLast() }

    /// What the rules say to a packet that comes now, behind all others.
    public mutating func verdict(on packet: Packet, at now: Instant) -> Verdict? {
        guard let arrival = Arrival(packet, at: now) else { return nil }
        past.append(arrival)
        guard rules.doors.contains(where: { $0.protects.contains(arrival.port) }) else { return rules.otherwise }  // R4
        return admission(of: past.count - 1) == .none ? rules.closed : .accept  // R3
    }

    // MARK: - Visits

    /// Where in the list a source has completed a sequence, the packets before `end` alone being there (R5 to R8).
    private func completions(
        of sequence: KnockSequence, within timeout: Duration, by source: Address, before end: Int
    ) -> [Int] {
        let own = past[..<end].indices.filter { past[$0].source == source && past[$0].counts }
        var found: [Int] = []
        var place = 0
        while place < own.count {
            let start = own[place]
            place += 1
            guard past[start].port == sequence[0] else { continue }  // R5: anything else changes nothing.
            var (heard, last) = (1, start)
            while heard < sequence.count, place < own.count {
                let index = own[place]
                if past[index].time >= past[start].time.advanced(by: timeout) { break }  // R5: it may begin another.
                place += 1
                if past[index].port == sequence[heard] {
                    (heard, last) = (heard + 1, index)  // R6
                } else if !sequence.knocks[..<heard].contains(past[index].port), !isSpared(past[index].port) {
                    break  // R8
                }
            }
            if heard == sequence.count { found.append(last) }
        }
        return found
    }

    /// R8's exceptions.
    private func isSpared(_ port: Port) -> Bool {
        rules.ignore.contains(port) || rules.doors.contains { $0.protects.contains(port) }
    }

    // MARK: - Leases

    /// Where the lease began that the source of packet `index` holds at a door when that comes; nil if it holds none.
    private func lease(at door: Door, for index: Int) -> Int? {
        let source = past[index].source
        let openings = completions(of: door.sequence, within: door.sequenceTimeout, by: source, before: index)
        guard let start = openings.last, past[index].time < past[start].time.advanced(by: door.openFor) else {
            return nil  // R9
        }
        let closings = door.closeSequence.map {
            completions(of: $0, within: door.sequenceTimeout, by: source, before: index)
        }
        // R11. Where one knock completes both, closing has the last word.
        return (closings ?? []).contains { $0 >= start } ? nil : start
    }

    private enum Admission: Equatable {
        case none
        /// A connection that was admitted before.
        case known
        /// By the lease at this door, which counts it if it counts any (R10).
        case new(door: Int)
    }

    /// Whether some lease admits a packet to a protected port (R3, R10, R13).
    private func admission(of index: Int) -> Admission {
        let doors = rules.doors.indices.filter { rules.doors[$0].protects.contains(past[index].port) }
        let leases = doors.compactMap { door in lease(at: rules.doors[door], for: index).map { (door, $0) } }
        let used = leases.map { door, start in (door, connections(at: door, from: start, before: index)) }
        if used.contains(where: { $0.1.contains(past[index].sourcePort) }) { return .known }
        let free = used.first { door, ports in rules.doors[door].connections.map { ports.count < $0 } ?? true }
        return free.map { .new(door: $0.0) } ?? .none
    }

    /// The source ports that a lease has counted (R10).
    private func connections(at door: Int, from start: Int, before end: Int) -> Set<UInt16> {
        guard rules.doors[door].connections != nil else { return [] }
        let counted = (start + 1..<max(end, start + 1)).filter {
            past[$0].source == past[end].source && past[$0].counts && rules.doors[door].protects.contains(past[$0].port)
                && admission(of: $0) == .new(door: door)
        }
        return Set(counted.map { past[$0].sourcePort })
    }
}

extension PlainReading.Arrival {
    fileprivate init?(_ packet: Packet, at time: Instant) {
        guard let port = packet.destinationPort else { return nil }
        (self.time, source, self.port) = (time, packet.source, port)
        switch packet.content {
        case .tcp(let number, _, let flags):
            sourcePort = number
            counts = flags.contains(.syn) && flags.isDisjoint(with: [.ack, .rst, .fin])
        case .udp(let number, _): (sourcePort, counts) = (number, true)
        case .other: return nil
        }
    }
}
