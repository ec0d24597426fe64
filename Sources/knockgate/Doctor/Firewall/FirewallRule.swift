/// One rule of a firewall's chain.
struct FirewallRule: Equatable {
    /// Of the table that its chain is in.
    let chain: String
    /// Its place in the chain, from 1; for nftables, its handle.
    let number: Int
    /// As the firewall's own tool writes it.
    let text: String
    var conditions: [Condition] = []
    var target = Target.other

    enum Target: Equatable {
        case accept
        /// Drop, or reject.
        case drop
        case queue(ClosedRange<UInt16>, bypass: Bool)
        case jump(String)
        case goto(String)
        case leave
        /// Counts, logs, marks: the packet goes on to the next rule.
        case other
    }

    /// How many of the packets like `probe` the rule takes.
    func reach(_ probe: Probe) -> Reach {
        conditions.map { $0.reach(probe) }.min() ?? .all
    }

    func sends(to queue: UInt16) -> Bool {
        if case .queue(let numbers, _) = target { numbers.contains(queue) } else { false }
    }

    var queues: ClosedRange<UInt16>? {
        if case .queue(let numbers, _) = target { numbers } else { nil }
    }

    var hasBypass: Bool {
        if case .queue(_, bypass: true) = target { true } else { false }
    }

    /// Whether it names ports.
    var isNarrow: Bool {
        conditions.contains { if case .ports = $0 { true } else { false } }
    }

    /// The mark that it leaves out, if it leaves one out.
    var passedOver: (value: UInt32, mask: UInt32)? {
        for case .not(.mark(let value, let mask)) in conditions { return (value, mask) }
        return nil
    }
}
