internal import KnockCore

/// R2, R5 to R8 and R11: what a packet means to the visits at one door.
extension Oracle {
    mutating func hear(_ visitor: Visitor, at door: Int, now: Instant) -> [Event] {
        guard counts(visitor, for: rules.doors[door]) else { return [] }
        // Where one packet completes both sequences, the door is closed afterwards.
        return step(visitor, door, closes: false, now) + step(visitor, door, closes: true, now)
    }

    /// Whether the door takes note of the packet at all: its `target` and `tcpflags` say so (R2).
    private func counts(_ visitor: Visitor, for door: Door) -> Bool {
        guard door.targets.isEmpty || door.targets.contains(visitor.destination) else { return false }
        guard let flags = visitor.flags else { return true }
        return flags.isSuperset(of: door.tcpFlags.set) && flags.isDisjoint(with: door.tcpFlags.clear)
    }

    private mutating func step(_ visitor: Visitor, _ door: Int, closes: Bool, _ now: Instant) -> [Event] {
        let settings = rules.doors[door]
        guard let sequence = closes ? settings.closeSequence : settings.sequence else { return [] }
        let track = Track(source: source(of: visitor.address), door: door, closes: closes)
        let heard = visits[track]?.heard ?? 0

        if sequence.knocks[heard] == visitor.port {  // R5 for the first, R6 for the others.
            if heard == 0 {
                visits[track] = Visit(heard: 1, deadline: now.advanced(by: settings.sequenceTimeout))
            } else {
                visits[track]?.heard += 1
            }
            let change: Event.Change =
                closes
                ? .knockedToClose(heard: heard + 1, of: sequence.count) : .knocked(heard: heard + 1, of: sequence.count)
            guard heard + 1 == sequence.count else { return [told(change, visitor, door)] }
            visits[track] = nil
            return [told(change, visitor, door)] + complete(track, visitor, now)
        }
        guard heard > 0 else { return [] }  // R5: anything else changes nothing.
        if sequence.knocks[..<heard].contains(visitor.port) { return [] }  // R7
        if spares(visitor) { return [] }  // R8's exceptions.
        visits[track] = nil  // R8
        return [told(.strayed(heard: heard, of: sequence.count), visitor, door)]
    }

    /// R8: packets that are no knock and yet end no visit.
    private func spares(_ visitor: Visitor) -> Bool {
        rules.doors.contains { $0.protects.contains(visitor.port) } || rules.ignore.contains(visitor.port)
            || Oracle.isForMany(visitor.destination)
    }

    /// R9 and R11: a lease begins, or begins anew with no connections counted; or it ends, if there is one.
    private mutating func complete(_ track: Track, _ visitor: Visitor, _ now: Instant) -> [Event] {
        let tenancy = Tenancy(source: track.source, door: track.door)
        if track.closes {
            return leases.removeValue(forKey: tenancy) == nil ? [] : [told(.closed(.knocked), visitor, track.door)]
        }
        let deadline = now.advanced(by: rules.doors[track.door].openFor)
        leases[tenancy] = Lease(deadline: deadline)
        return [told(.opened(until: deadline), visitor, track.door)]
    }
}
