/// A packet that is going to be decided, and who has sent it, as the tables look them up.
public struct Sighting {
    /// Which table will be asked about the packet's source.
    enum LookUp {
        /// None, where no port is named.
        case none
        case visits(Caller)
        case leases(Caller)
    }

    public let packet: Packet?
    let lookUp: LookUp

    var caller: Caller? {
        switch lookUp {
        case .none: nil
        case .visits(let caller), .leases(let caller): caller
        }
    }
}

extension Gate {
    /// Takes a look at a packet before it is decided.
    public func sight(_ packet: Packet?) -> Sighting {
        guard let packet, let port = packet.destinationPort else { return Sighting(packet: packet, lookUp: .none) }
        let caller = caller(at: packet.source)
        return Sighting(packet: packet, lookUp: ports[port].isProtected ? .leases(caller) : .visits(caller))
    }

    /// Looks at what deciding on these packets will want to see, and changes nothing.
    ///
    /// Where there are many sources, what is known of each lies somewhere else in memory: the processor brings it near
    /// for many packets at once, where it would wait for one after another. First the tags, then the records that they
    /// point to: no look of one round waits for another. Few sources are near as it is.
    public mutating func lookAhead(_ sightings: [Sighting]) {
        guard visits.count + leases.count > Gate.fewSources else { return }
        // What is looked at has to be used, or the compiler leaves the looking out.
        var seen: UInt64 = 0
        for sighting in sightings {
            switch sighting.lookUp {
            case .none: continue
            case .visits(let caller): seen ^= visits.glanceAtTags(of: caller)
            case .leases(let caller): seen ^= leases.glanceAtTags(of: caller)
            }
        }
        likely.visits.removeAll(keepingCapacity: true)
        likely.leases.removeAll(keepingCapacity: true)
        for sighting in sightings {
            switch sighting.lookUp {
            case .none: continue
            case .visits(let caller): if let slot = visits.likelySlot(of: caller) { likely.visits.append(slot) }
            case .leases(let caller): if let slot = leases.likelySlot(of: caller) { likely.leases.append(slot) }
            }
        }
        for slot in likely.visits { seen ^= UInt64(visits[slot].hash) }
        for slot in likely.leases { seen ^= UInt64(leases[slot].hash) }
        lookedAt = seen
    }

    /// Their records fit the second of a processor's caches.
    private static var fewSources: Int { 8192 }
}
