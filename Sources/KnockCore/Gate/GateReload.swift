extension Gate {
    /// What became of what the old rules had let in.
    public struct Carried: Equatable, Sendable {
        public var leases = 0
        public var visits = 0
        /// Leases that ended: their door is gone, or `ipv6_source_prefix` has changed.
        public var leasesEnded = 0

        public init() {}
    }

    /// Takes new rules. Leases of doors that still exist by name go on (R12), visits of doors that haven't changed too;
    /// counters go on by name.
    ///
    /// Where `ipv6SourcePrefix` has changed, IPv6 sources are other sources now, so that nothing of theirs goes on: a
    /// lease for one host must not become one for its subnet. A table of leases that is told to shrink stays large
    /// enough for those that are live, and for the connections that they have counted.
    public mutating func adopt(_ new: Rules, at now: Instant) -> Carried {
        var mostUsed = 0
        leases.forEachSlot { slot, _ in mostUsed = max(mostUsed, leases.used(slot)) }
        var next = Gate(
            new, seed: seed, leaseCapacity: max(new.leaseCapacity, leases.count), portsEach: mostUsed)
        var carried = Carried()
        let doors = doorsNow(in: new)
        carry(leasesTo: &next, doors, at: now, counting: &carried)
        carry(visitsTo: &next, doors, at: now, counting: &carried)
        for (door, same) in doors.enumerated() {
            if let same { next.timesOpened[same] = timesOpened[door] }
        }
        (next.tally, next.broadcasts) = (tally, broadcasts)
        self = next
        return carried
    }

    /// For each door where the one of its name stands in the new rules.
    private func doorsNow(in new: Rules) -> [Int?] {
        let places = new.doorPlaces
        return rules.doors.map { places[$0.name] }
    }

    private func carry(
        leasesTo next: inout Gate, _ doors: [Int?], at now: Instant, counting carried: inout Carried
    ) {
        leases.forEachSlot { slot, deadline in
            guard now < deadline else { return }
            let lease = leases[slot]
            guard let door = doors[Int(lease.door)], knowsAgain(lease.source, in: next.rules),
                next.restore(
                    door, for: lease.source, until: deadline, acceptedPorts: leases.acceptedPorts(of: slot),
                    at: now)
            else {
                carried.leasesEnded += 1
                return
            }
            carried.leases += 1
        }
    }

    private func carry(
        visitsTo next: inout Gate, _ doors: [Int?], at now: Instant, counting carried: inout Carried
    ) {
        let tracks = tracksNow(in: next, doors)
        visits.forEach(at: now) { visit in
            guard let track = tracks[Int(visit.track)], knowsAgain(visit.source, in: next.rules) else { return }
            let caller = next.caller(at: visit.source)
            let moved = Visit(caller, heard: visit.heard, track: track, deadline: visit.deadline)
            if next.visits.put(moved, of: caller, at: now) { carried.visits += 1 }
        }
    }

    /// For each track where it stands in the new gate: those of doors that have changed are nowhere.
    private func tracksNow(in next: borrowing Gate, _ doors: [Int?]) -> [Int?] {
        var opening = [Int?](repeating: nil, count: next.rules.doors.count)
        var closing = opening
        for (index, track) in next.tracks.enumerated() {
            if track.purpose == .open { opening[track.door] = index } else { closing[track.door] = index }
        }
        return tracks.map { track in
            guard let door = doors[track.door], next.rules.doors[door] == rules.doors[track.door] else { return nil }
            return track.purpose == .open ? opening[door] : closing[door]
        }
    }

    /// Whether `source` means the same hosts under the new rules.
    private func knowsAgain(_ source: Address, in new: Rules) -> Bool {
        source.family == .ipv4 || new.ipv6SourcePrefix == rules.ipv6SourcePrefix
    }
}
