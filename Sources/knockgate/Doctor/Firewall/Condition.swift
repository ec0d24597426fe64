import KnockCore

/// One match of a firewall's rule, as far as it bears on whether packets reach the gate.
enum Condition: Equatable {
    /// The names of protocols.
    case protocols(Set<String>)
    /// Destination ports.
    case ports([ClosedRange<UInt16>])
    /// Conntrack's states, in iptables' words.
    case states(Set<String>)
    case mark(UInt32, mask: UInt32)
    /// The interface that the packet came in by.
    case interface(String)
    case flags(TCPFlags, mask: TCPFlags)
    /// The kinds of destination, in nftables' words: whatever comes to a port here is for this machine.
    case destinations(Set<String>)
    /// Takes the packets of some sources, or isn't understood.
    case someSources
    /// Takes some of everybody's packets.
    case somePackets
    indirect case not(Condition)

    /// How many of the packets like `probe` it takes.
    func reach(_ probe: Probe) -> Reach {
        switch self {
        case .protocols(let names): certain(names.contains(probe.port.transport.description))
        case .ports(let ranges): certain(ranges.contains { $0.contains(probe.port.number) })
        case .states(let names): certain(names.contains(probe.state.rawValue))
        case .mark(let value, let mask): certain(probe.mark & mask == value)
        case .interface(let name):
            (name == "lo") == probe.isLoopback ? (probe.isLoopback ? .all : .some) : .none
        case .flags(let value, let mask): probe.flags.map { certain($0.intersection(mask) == value) } ?? .some
        case .destinations(let kinds): certain(kinds.contains("local"))
        case .someSources: .someSources
        case .somePackets: .some
        case .not(let condition):
            switch condition.reach(probe) {
            case .none: .all
            case .all: .none
            case let partial: partial
            }
        }
    }

    /// False for a match of one interface that isn't among `outside`; `eth+` and `eth*` are all that begin so.
    func leads(to outside: Set<String>) -> Bool {
        guard case .interface(let name) = self, name != "lo" else { return true }
        guard name.last == "+" || name.last == "*" else { return outside.contains(name) }
        return outside.contains { $0.hasPrefix(name.dropLast()) }
    }

    private func certain(_ isSo: Bool) -> Reach { isSo ? .all : .none }
}
