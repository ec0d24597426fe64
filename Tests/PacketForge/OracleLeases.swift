public import KnockCore

/// R3, R10 and R13: whether some lease admits a packet to a protected port.
extension Oracle {
    mutating func isAdmitted(_ visitor: Visitor, _ events: inout [Event]) -> Bool {
        let source = source(of: visitor.address)
        let doors = rules.doors.indices.filter { door in
            rules.doors[door].protects.contains(visitor.port) && leases[Tenancy(source: source, door: door)] != nil
        }
        if doors.contains(where: { knows(visitor, Tenancy(source: source, door: $0)) }) {
            return true
        }
        guard let door = doors.first(where: { hasRoom(Tenancy(source: source, door: $0)) }) else { return false }
        if let most = rules.doors[door].connections, visitor.asksForConnection {
            let used = charge(Tenancy(source: source, door: door), sourcePort: visitor.sourcePort)
            events.append(told(.connected(sourcePort: visitor.sourcePort, used: used, of: most), visitor, door))
        }
        return true
    }

    /// Whether the connection from this source port was admitted before.
    private func knows(_ visitor: Visitor, _ tenancy: Tenancy) -> Bool {
        leases[tenancy]?.connections.contains(visitor.sourcePort) ?? false
    }

    /// Whether the lease may still admit something it doesn't know.
    private func hasRoom(_ tenancy: Tenancy) -> Bool {
        guard let lease = leases[tenancy] else { return false }
        guard let most = rules.doors[tenancy.door].connections else { return true }
        return lease.connections.count < most
    }

    private mutating func charge(_ tenancy: Tenancy, sourcePort: UInt16) -> Int {
        leases[tenancy]?.connections.append(sourcePort)
        return leases[tenancy]?.connections.count ?? 0
    }
}

/// What a generator of strings asks, so that its strings lead somewhere.
extension Oracle {
    /// How many knocks the track has heard.
    public func heard(_ track: Track) -> Int { visits[track]?.heard ?? 0 }

    /// When the visits and leases of now will end, soonest first.
    public var deadlines: [Instant] {
        (visits.values.map(\.deadline) + leases.values.map(\.deadline)).sorted()
    }
}
