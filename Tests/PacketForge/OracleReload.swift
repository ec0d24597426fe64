public import KnockCore

/// R12: what goes on when the rules change.
extension Oracle {
    /// Takes new rules, and answers what goes on.
    public mutating func adopt(_ new: Rules, at now: Instant) -> Gate.Carried {
        visits = visits.filter { now < $0.value.deadline }
        leases = leases.filter { now < $0.value.deadline }
        let old = rules
        rules = new
        let isSame = { (source: Address) in
            source.family == .ipv4 || new.ipv6SourcePrefix == old.ipv6SourcePrefix
        }
        var carried = Gate.Carried()
        carried.leasesEnded = leases.count
        var (kept, under): ([Tenancy: Lease], [Track: Visit]) = ([:], [:])
        for (tenancy, lease) in leases where isSame(tenancy.source) {
            guard let door = new.doors.firstIndex(where: { $0.name == old.doors[tenancy.door].name }) else { continue }
            kept[Tenancy(source: tenancy.source, door: door)] = lease
        }
        for (track, visit) in visits where isSame(track.source) {
            // Of a door that has changed, visits are forgotten.
            guard let door = new.doors.firstIndex(of: old.doors[track.door]) else { continue }
            under[Track(source: track.source, door: door, closes: track.closes)] = visit
        }
        (leases, visits) = (kept, under)
        (carried.leases, carried.visits) = (kept.count, under.count)
        carried.leasesEnded -= kept.count
        return carried
    }
}
