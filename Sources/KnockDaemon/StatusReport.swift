internal import KnockControl
internal import KnockCore
internal import Netfilter

extension Status {
    /// At most this many leases are listed in one status, of all doors together; the totals beside them are whole.
    static let mostLeases = 20_000
    /// At most this many visits are, likewise: with a hundred of each of 4,096 doors a reply would be longer than one may be.
    static let mostVisits = 20_000

    /// How things stand at `now`.
    init(
        of keeper: borrowing Doorkeeper, queue: borrowing PacketQueue, pid: Int32, uptime: Duration, at now: Instant
    ) {
        let statistics = queue.statistics
        let tally = keeper.gate.tally
        self.init(
            pid: pid, uptime: uptime,
            queue: Queue(
                number: queue.number, waiting: UInt64(statistics?.waiting ?? 0), lost: statistics?.lost ?? 0,
                bound: statistics != nil),
            verdicts: Verdicts(
                accept: tally.accepted, drop: tally.dropped &+ keeper.alreadyMarked, next: tally.passedOn),
            malformed: tally.malformed, unmarkedRule: keeper.sawMarked, doors: keeper.gate.doors(at: now),
            mark: keeper.mark)
    }
}

extension Gate {
    /// Every door with who may pass it, who ends soonest first, and who is knocking, who has come farthest first.
    borrowing func doors(at now: Instant) -> [Status.Door] {
        var doors = rules.doors.enumerated().map { index, door in
            Status.Door(
                name: door.name, protects: door.protects, knocks: door.sequence.count, opened: timesOpened[index])
        }
        var listed = (leases: 0, visits: 0)
        forEachLease(at: now) { lease in
            doors[lease.door].leaseCount += 1
            guard listed.leases < Status.mostLeases else { return }
            listed.leases += 1
            doors[lease.door].leases.append(
                Status.Lease(
                    source: lease.source.description, remaining: now.duration(to: lease.deadline),
                    connections: lease.acceptedPorts.count, limit: rules.doors[lease.door].connections))
        }
        forEachVisit(at: now) { visit in
            doors[visit.door].visitCount += 1
            guard doors[visit.door].visits.count < Status.Door.mostVisits, listed.visits < Status.mostVisits else {
                return
            }
            listed.visits += 1
            doors[visit.door].visits.append(
                Status.Visit(
                    source: visit.source.description, heard: visit.heard, of: visit.of,
                    remaining: now.duration(to: visit.deadline), closing: visit.isClosing))
        }
        for index in doors.indices {
            doors[index].leases.sort { ($0.remaining, $0.source) < ($1.remaining, $1.source) }
            doors[index].visits.sort { ($1.heard, $0.source) < ($0.heard, $1.source) }
        }
        return doors
    }
}
