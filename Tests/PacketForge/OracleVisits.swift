internal import KnockCore

/// R2, R5 to R8, R11 and R15: what a packet means to the visits at all doors.
extension Oracle {
    /// First those that are under way hear it, then others begin; and the same for the closing sequences: where one packet
    /// completes both of a door's, it is closed afterwards.
    mutating func hear(_ visitor: Visitor, now: Instant) -> [Event] {
        var events: [Event] = []
        for closes in [false, true] {
            let tracks = rules.doors.indices.map {
                Track(source: source(of: visitor.address), door: $0, closes: closes)
            }
            let (visited, others) = (tracks.filter { visits[$0] != nil }, tracks.filter { visits[$0] == nil })
            for track in visited where counts(visitor, for: rules.doors[track.door]) {
                events += goOn(visitor, track, now)
            }
            for track in others where counts(visitor, for: rules.doors[track.door]) {
                events += begin(visitor, track, now)
            }
        }
        return events
    }

    /// Whether the door takes note of the packet at all: its `target` and `tcpflags` say so (R2).
    private func counts(_ visitor: Visitor, for door: Door) -> Bool {
        guard door.targets.isEmpty || door.targets.contains(visitor.destination) else { return false }
        guard let flags = visitor.flags else { return true }
        return flags.isSuperset(of: door.tcpFlags.set) && flags.isDisjoint(with: door.tcpFlags.clear)
    }

    private func sequence(_ track: Track) -> KnockSequence? {
        let door = rules.doors[track.door]
        return track.closes ? door.closeSequence : door.sequence
    }

    private mutating func goOn(_ visitor: Visitor, _ track: Track, _ now: Instant) -> [Event] {
        guard let sequence = sequence(track), let heard = visits[track]?.heard else { return [] }
        if sequence.knocks[heard] == visitor.port {  // R6
            visits[track]?.heard += 1
            let told = toldOfKnock(heard + 1, sequence, visitor, track)
            guard heard + 1 == sequence.count else { return [told] }
            visits[track] = nil
            return [told] + complete(track, visitor, now)
        }
        if sequence.knocks[..<heard].contains(visitor.port) { return [] }  // R7
        if spares(visitor) { return [] }  // R8's exceptions.
        visits[track] = nil  // R8
        return [told(.strayed(heard: heard, of: sequence.count), visitor, track.door)]
    }

    /// R5: only a first knock begins anything.
    private mutating func begin(_ visitor: Visitor, _ track: Track, _ now: Instant) -> [Event] {
        guard let sequence = sequence(track), sequence[0] == visitor.port else { return [] }
        let told = toldOfKnock(1, sequence, visitor, track)
        guard sequence.count > 1 else { return [told] + complete(track, visitor, now) }
        guard makesRoom() else { return [] }
        visits[track] = Visit(heard: 1, deadline: now.advanced(by: rules.doors[track.door].sequenceTimeout))
        return [told]
    }

    /// R15: whether there is room for a visit that has heard one knock, after another has given way if it must.
    private mutating func makesRoom() -> Bool {
        guard visits.count >= rules.visitCapacity else { return true }
        let weakest = visits.filter { $0.value.heard == 1 }
        guard let soonest = weakest.values.map(\.deadline).min() else { return false }
        let victims = weakest.filter { $0.value.deadline == soonest }.map(\.key)
        isUndecided = isUndecided || victims.count > 1
        visits[victims[0]] = nil
        return true
    }

    private func toldOfKnock(_ heard: Int, _ sequence: KnockSequence, _ visitor: Visitor, _ track: Track) -> Event {
        let change: Event.Change =
            track.closes
            ? .knockedToClose(heard: heard, of: sequence.count) : .knocked(heard: heard, of: sequence.count)
        return told(change, visitor, track.door)
    }

    /// R8: packets that are no knock and yet end no visit.
    private func spares(_ visitor: Visitor) -> Bool {
        rules.doors.contains { $0.protects.contains(visitor.port) } || rules.ignore.contains(visitor.port)
            || Oracle.isForMany(visitor.destination)
    }

    /// R9 and R11: a lease begins, or begins anew with no connections counted; or it ends, if there is one. R15: when all
    /// leases are taken by others, there is none.
    private mutating func complete(_ track: Track, _ visitor: Visitor, _ now: Instant) -> [Event] {
        let tenancy = Tenancy(source: track.source, door: track.door)
        if track.closes {
            return leases.removeValue(forKey: tenancy) == nil ? [] : [told(.closed(.knocked), visitor, track.door)]
        }
        guard leases[tenancy] != nil || leases.count < rules.leaseCapacity else {
            isUndecided = isUndecided || rules.doors.count { $0.sequence.knocks.last == visitor.port } > 1
            return [told(.refused, visitor, track.door)]
        }
        let deadline = now.advanced(by: rules.doors[track.door].openFor)
        leases[tenancy] = Lease(deadline: deadline)
        return [told(.opened(until: deadline), visitor, track.door)]
    }
}
