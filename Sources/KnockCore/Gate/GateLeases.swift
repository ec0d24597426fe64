extension Gate {
    /// Whether a packet to a port that has this meaning may pass (R3, R10, R13).
    ///
    /// A lease that knows the packet's source port admits it; else the first live lease in the order of the file that
    /// isn't used up, and it alone counts the connection.
    mutating func admits(
        _ packet: Packet, of caller: Caller, to meaning: PortMap.Meaning, at now: Instant, events: inout [Event]
    ) -> Bool {
        guard !rules.allowFrom.contains(where: { $0.contains(packet.source) }) else { return true }
        var admitting: (slot: Int, door: Int)?
        var candidate = leases.first(of: caller)
        while let slot = candidate {
            candidate = leases.match(caller, from: slot + 1)
            let door = Int(leases[slot].door)
            guard protects(door, meaning), now < leases[slot].deadline else { continue }
            if leases.hasAccepted(packet.content.sourcePort, slot: slot) { return true }
            if hasRoom(slot), door < admitting?.door ?? .max { admitting = (slot, door) }
        }
        guard let (slot, door) = admitting else { return false }
        if let limit = rules.doors[door].connections, packet.content.opensConnection {
            let port = packet.content.sourcePort
            leases.accept(port, slot: slot)
            let used = leases.used(slot)
            events.append(
                Event(door: door, source: caller.source, .connected(sourcePort: port, used: used, of: limit)))
        }
        return true
    }

    /// Whether a door is one of those that protect a port.
    private func protects(_ door: Int, _ meaning: PortMap.Meaning) -> Bool {
        for index in meaning.protectedBy where ports.protectors[index] == door { return true }
        return false
    }

    private func hasRoom(_ slot: Int) -> Bool {
        rules.doors[Int(leases[slot].door)].connections.map { leases.used(slot) < $0 } ?? true
    }

    /// Begins a lease, or begins it anew with nothing used (R9); tells of its refusal when the table is full (R15).
    mutating func openDoor(
        _ door: Int, for caller: Caller, until deadline: Instant, at now: Instant, events: inout [Event]
    ) {
        guard keep(caller, door: door, until: deadline, ports: [], at: now, events: &events) else {
            events.append(Event(door: door, source: caller.source, .refused))
            return
        }
        timesOpened[door] &+= 1
        events.append(Event(door: door, source: caller.source, .opened(until: deadline)))
    }

    /// Ends the lease, if there is a live one; answers whether there was.
    @discardableResult
    mutating func closeDoor(
        _ door: Int, for caller: Caller, _ ending: Event.Ending, at now: Instant, events: inout [Event]
    ) -> Bool {
        guard let slot = leases.slot(of: caller, door: door) else { return false }
        let isLive = now < leases[slot].deadline
        end(slot, isLive ? ending : .timeIsUp, events: &events)
        return isLive
    }

    /// Puts a lease into the table in the place of any that the source has at this door; answers whether there was room.
    mutating func keep(
        _ caller: Caller, door: Int, until deadline: Instant, ports: some Collection<UInt16>, at now: Instant,
        events: inout [Event]
    ) -> Bool {
        if let slot = leases.slot(of: caller, door: door) {
            if now >= leases[slot].deadline { end(slot, .timeIsUp, events: &events) } else { leases.remove(slot) }
        } else if leases.isFull, let soonest = leases.soonest, now >= soonest.deadline {
            end(soonest.slot, .timeIsUp, events: &events)
        }
        guard !leases.isFull else { return false }
        leases.insert(caller, door: door, deadline: deadline, ports: ports)
        return true
    }

    private mutating func end(_ slot: Int, _ ending: Event.Ending, events: inout [Event]) {
        let lease = leases[slot]
        leases.remove(slot)
        events.append(Event(door: Int(lease.door), source: source(of: lease.source), .closed(ending)))
    }
}

// MARK: - What others ask of the leases

extension Gate {
    /// Opens a door without a knock, for as long as its rule says or for `duration`: `knockgate open`.
    public mutating func open(
        _ door: Int, for address: Address, lasting duration: Duration? = nil, at now: Instant, events: inout [Event]
    ) {
        let deadline = now.advanced(by: duration ?? rules.doors[door].openFor)
        openDoor(door, for: caller(at: address), until: deadline, at: now, events: &events)
    }

    /// Ends a lease early: `knockgate close`. Answers false when the source has none.
    public mutating func close(_ door: Int, for address: Address, at now: Instant, events: inout [Event]) -> Bool {
        closeDoor(door, for: caller(at: address), .asked, at: now, events: &events)
    }

    /// Takes up a lease from before (R12); answers false when its time is up or the table is full. It isn't an opening:
    /// no event tells of it.
    public mutating func restore(
        _ door: Int, for address: Address, until deadline: Instant, acceptedPorts: [UInt16], at now: Instant
    ) -> Bool {
        guard now < deadline else { return false }
        var ended: [Event] = []
        return keep(
            caller(at: address), door: door, until: deadline, ports: acceptedPorts, at: now, events: &ended)
    }

    /// When the next lease ends: the moment to call `expire(at:events:)`.
    public var nextDeadline: Instant? { leases.soonest?.deadline }

    /// Ends the leases whose time is up, at most 1,024 of them in one call; `nextDeadline` says whether more are due.
    public mutating func expire(at now: Instant, events: inout [Event]) {
        for _ in 0..<1024 {
            guard let soonest = leases.soonest, now >= soonest.deadline else { return }
            end(soonest.slot, .timeIsUp, events: &events)
        }
    }
}

extension Packet.Content {
    fileprivate var sourcePort: UInt16 {
        switch self {
        case .tcp(let number, _, _), .udp(let number, _): number
        case .other: 0
        }
    }

    /// Whether a connection begins here, to be counted by R10: any UDP packet, or a SYN alone.
    fileprivate var opensConnection: Bool {
        switch self {
        case .tcp(_, _, let flags): flags.opensConnection
        case .udp: true
        case .other: false
        }
    }
}
