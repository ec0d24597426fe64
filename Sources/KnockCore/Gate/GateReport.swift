extension Gate {
    /// A lease as it stands: what `status` shows and the state file keeps.
    public struct LeaseReport: Equatable, Sendable {
        public let door: Int
        public let source: Source
        public let deadline: Instant
        /// The source ports of the connections that were counted (R10).
        public let acceptedPorts: [UInt16]
    }

    /// A visit under way: what `status` shows.
    public struct VisitReport: Equatable, Sendable {
        public let door: Int
        public let source: Source
        public let heard: Int
        public let of: Int
        public let deadline: Instant
        /// Whether it is on its way through the closing sequence.
        public let isClosing: Bool
    }

    /// How many leases the table holds; some may have ended since the last `expire(at:events:)`.
    public var leaseCount: Int { leases.count }

    /// Calls `body` with each live lease, in no order.
    public func forEachLease(at now: Instant, _ body: (LeaseReport) -> Void) {
        leases.forEachSlot { slot, deadline in
            guard now < deadline else { return }
            let lease = leases[slot]
            body(
                LeaseReport(
                    door: Int(lease.door), source: source(of: lease.source), deadline: deadline,
                    acceptedPorts: leases.acceptedPorts(of: slot)))
        }
    }

    /// Calls `body` with each visit that is in time; those that have heard the most knocks come first.
    public func forEachVisit(at now: Instant, _ body: (VisitReport) -> Void) {
        visits.forEach(at: now) { visit in
            let track = tracks[Int(visit.track)]
            body(
                VisitReport(
                    door: track.door, source: source(of: visit.source), heard: Int(visit.heard),
                    of: track.knocks.count, deadline: visit.deadline, isClosing: track.purpose == .close))
        }
    }
}
