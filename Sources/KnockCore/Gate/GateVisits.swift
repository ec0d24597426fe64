extension Gate {
    /// Lets every visit of the packet's source hear it, then begins the visits whose first knock it is.
    ///
    ///     no visit ──first knock──▶ heard 1 ──next knock──▶ heard 2 ──…──last knock──▶ the door opens, or closes
    ///                                 │ ▲                      │
    ///                                 │ └─ a knock again (R7)  │
    ///                                 ▼                        ▼
    ///                              no visit ◀── anything else (R8), or the deadline (R5)
    mutating func hear(
        _ packet: Packet, to port: Port, _ meaning: PortMap.Meaning, of caller: Caller, at now: Instant,
        events: inout [Event]
    ) {
        let known = visits.first(of: caller)
        guard known != nil || !meaning.begins.isEmpty else { return }  // As most packets: a stranger at a foreign port.
        packetNumber &+= 1
        let spares = known != nil && sparesVisits(packet, meaning)
        hear(packet, to: port, on: .open, from: known, of: caller, spares: spares, at: now, events: &events)
        begin(meaning.begins, on: .open, with: packet, of: caller, at: now, events: &events)
        guard hasClosings else { return }
        // Where one knock completes both of a door's sequences, closing has the last word. What the source has may have
        // moved by now; what it has begun by this packet opens, and doesn't hear it again.
        let still = known == nil ? nil : visits.first(of: caller)
        hear(packet, to: port, on: .close, from: still, of: caller, spares: spares, at: now, events: &events)
        begin(meaning.begins, on: .close, with: packet, of: caller, at: now, events: &events)
    }

    /// Whether a packet ends no visit, whatever its port (R8).
    private func sparesVisits(_ packet: Packet, _ meaning: PortMap.Meaning) -> Bool {
        meaning.isIgnored || packet.destination.isMulticastOrBroadcast || broadcasts.contains(packet.destination)
    }

    private mutating func hear(
        _ packet: Packet, to port: Port, on purpose: Track.Purpose, from first: Int?, of caller: Caller, spares: Bool,
        at now: Instant, events: inout [Event]
    ) {
        var candidate = first
        while let slot = candidate {
            let isOver =
                tracks[Int(visits[slot].track)].purpose == purpose
                && hear(packet, to: port, visit: slot, of: caller, spares: spares, at: now, events: &events)
            candidate = visits.match(caller, from: isOver ? slot : slot + 1)
        }
    }

    /// Lets one visit hear the packet; answers whether that was the end of it.
    private mutating func hear(
        _ packet: Packet, to port: Port, visit slot: Int, of caller: Caller, spares: Bool, at now: Instant,
        events: inout [Event]
    ) -> Bool {
        let (track, heard) = (Int(visits[slot].track), Int(visits[slot].heard))
        guard now < visits[slot].deadline else {
            visits.remove(slot)  // It has ended; this packet may begin another (R5).
            return true
        }
        lastHeard[track] = packetNumber
        guard tracks[track].concerns(packet) else { return false }
        switch tracks[track].step(port, after: heard) {
        case .forward where heard + 1 == tracks[track].knocks.count:
            visits.remove(slot)
            complete(track, for: caller, at: now, events: &events)
            return true
        case .forward:
            visits.advance(slot)
            tell(.heard(heard + 1), on: track, of: caller.source, events: &events)
            return false
        case .astray where !spares:
            visits.remove(slot)
            tell(.strayed(heard), on: track, of: caller.source, events: &events)
            return true
        case .repeated, .astray:
            return false
        }
    }

    /// Begins visits on those of the ports' `beginnings` at `candidates` that no visit of this packet was on.
    private mutating func begin(
        _ candidates: Range<Int>, on purpose: Track.Purpose, with packet: Packet, of caller: Caller, at now: Instant,
        events: inout [Event]
    ) {
        for index in candidates {
            let track = ports.beginnings[index]
            guard tracks[track].purpose == purpose, lastHeard[track] != packetNumber, tracks[track].concerns(packet)
            else { continue }
            begin(track, for: caller, at: now, events: &events)
        }
    }

    private mutating func begin(_ track: Int, for caller: Caller, at now: Instant, events: inout [Event]) {
        guard tracks[track].knocks.count > 1 else {
            complete(track, for: caller, at: now, events: &events)
            return
        }
        let deadline = now.advanced(by: tracks[track].timeout)
        guard visits.begin(caller, track: track, deadline: deadline, at: now) else { return }
        tell(.heard(1), on: track, of: caller.source, events: &events)
    }

    private mutating func complete(_ track: Int, for caller: Caller, at now: Instant, events: inout [Event]) {
        let (door, purpose, count) = (tracks[track].door, tracks[track].purpose, tracks[track].knocks.count)
        tell(.heard(count), on: track, of: caller.source, events: &events)
        switch purpose {
        case .open:
            let deadline = now.advanced(by: rules.doors[door].openFor)
            openDoor(door, for: caller, until: deadline, at: now, events: &events)
        case .close:
            closeDoor(door, for: caller, .knocked, at: now, events: &events)
        }
    }

    private enum Progress {
        case heard(Int)
        case strayed(Int)
    }

    private func tell(_ progress: Progress, on track: Int, of source: Source, events: inout [Event]) {
        let count = tracks[track].knocks.count
        let change: Event.Change =
            switch (progress, tracks[track].purpose) {
            case (.heard(let heard), .open): .knocked(heard: heard, of: count)
            case (.heard(let heard), .close): .knockedToClose(heard: heard, of: count)
            case (.strayed(let heard), _): .strayed(heard: heard, of: count)
            }
        events.append(Event(door: tracks[track].door, source: source, change))
    }
}
