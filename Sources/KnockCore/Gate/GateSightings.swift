/// A packet that is going to be decided, and who has sent it, as the tables look them up.
public struct Sighting {
    public let packet: Packet?
    /// Nil where no port is named, so that no table is asked.
    let caller: Caller?
}

extension Gate {
    /// Takes a look at a packet before it is decided.
    public func sight(_ packet: Packet?) -> Sighting {
        guard let packet, packet.destinationPort != nil else { return Sighting(packet: packet, caller: nil) }
        return Sighting(packet: packet, caller: caller(at: packet.source))
    }

    /// Looks at what deciding on these packets will want to see, and changes nothing.
    ///
    /// Where there are many sources, what is known of each lies somewhere else in memory: the processor brings it near
    /// for many packets at once, where it would wait for one after another. Few sources are near as it is.
    public mutating func lookAhead(_ sightings: [Sighting]) {
        guard visits.count + leases.count > Gate.fewSources else { return }
        for sighting in sightings {
            guard let caller = sighting.caller, let port = sighting.packet?.destinationPort else { continue }
            let slot = ports[port].isProtected ? leases.first(of: caller) : visits.first(of: caller)
            // What is looked at has to be used, or the compiler leaves the looking out.
            lookedAt &+= slot ?? 0
        }
    }

    /// Their records fit the second of a processor's caches.
    private static var fewSources: Int { 8192 }
}
