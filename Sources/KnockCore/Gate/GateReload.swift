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
        carry(leasesTo: &next, at: now, counting: &carried)
        carry(visitsTo: &next, at: now, counting: &carried)
        for (door, rule) in rules.doors.enumerated() {
            if let same = new.doors.firstIndex(where: { $0.name == rule.name }) {
                next.timesOpened[same] = timesOpened[door]
            }
        }
        (next.tally, next.broadcasts) = (tally, broadcasts)
        self = next
        return carried
    }

    private func carry(leasesTo next: inout Gate, at now: Instant, counting carried: inout Carried) {
        let doors = rules.doors.map { door in next.rules.doors.firstIndex { $0.name == door.name } }
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

    private func carry(visitsTo next: inout Gate, at now: Instant, counting carried: inout Carried) {
        let tracks = self.tracks.map { track in
            next.tracks.firstIndex {
                $0.purpose == track.purpose && next.rules.doors[$0.door] == rules.doors[track.door]
            }
        }
        visits.forEach(at: now) { visit in
            guard let track = tracks[Int(visit.track)], knowsAgain(visit.source, in: next.rules) else { return }
            let caller = next.caller(at: visit.source)
            let moved = Visit(caller, heard: visit.heard, track: track, deadline: visit.deadline)
            if next.visits.put(moved, of: caller, at: now) { carried.visits += 1 }
        }
    }

    /// Whether `source` means the same hosts under the new rules.
    private func knowsAgain(_ source: Address, in new: Rules) -> Bool {
        source.family == .ipv4 || new.ipv6SourcePrefix == rules.ipv6SourcePrefix
    }
}
