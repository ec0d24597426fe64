import KnockCore

/// Which packets of a capture belong to which flow, as the kernel's connection tracking (conntrack) would have had it: so
/// it's known which are new, for the rule sends no others.
///
///     first packet ─▶ new, and so is each that follows it, until the other side answers ─▶ established, both ways
///          ▲                                                                                   │
///          └────────────────────── closed (FIN, RST), or silent for too long ◀─────────────────┘
///
/// A packet that is dropped leaves no flow behind. Whether one was, by the gate of that time or by the firewall, isn't to
/// be seen; but what was answered was let in, whatever a gate says now, and what wasn't is taken to have left nothing.
/// Sequence numbers, and connections that a protocol announces (FTP), aren't followed.
struct FlowTable {
    /// What conntrack calls a packet.
    enum State {
        case new
        case established
        /// Told of another flow's fate, by an ICMP error.
        case related
        /// Not the beginning of anything, and no part of what is known.
        case invalid
        /// Left alone: IPv6's talk among neighbours.
        case untracked
    }

    /// As many as the kernel's own table holds by default.
    static let usualCapacity = 262_144

    private let capacity: Int
    private var flows: [FlowKey: Flow] = [:]
    /// How many flows had to be forgotten while they might have gone on: those that would have ended soonest.
    private(set) var forgotten = 0

    init(capacity: Int = FlowTable.usualCapacity) {
        self.capacity = capacity
    }

    /// Puts a packet to its flow, and says what it is there.
    mutating func follow(_ sight: FlowSight, at now: Instant) -> State {
        guard case .part(let key, let isForward, let content) = sight else { return sight.lonelyState }
        if let flow = flows[key], now < flow.deadline, flow.isAnswered || isForward != flow.isForward {
            guard let state = go(on: flow, key, isForward, content, at: now) else {
                return begin(key, isForward, content, at: now)
            }
            return state
        }
        return begin(key, isForward, content, at: now)
    }

    private mutating func begin(
        _ key: FlowKey, _ isForward: Bool, _ content: FlowSight.Content, at now: Instant
    ) -> State {
        guard let flow = Flow(beginningWith: content, isForward: isForward, at: now) else { return .invalid }
        if flows.count >= capacity, flows[key] == nil { makeRoom(at: now) }
        flows[key] = flow
        return .new
    }

    /// Nil when the flow is over, and the packet begins another.
    private mutating func go(
        on flow: Flow, _ key: FlowKey, _ isForward: Bool, _ content: FlowSight.Content, at now: Instant
    ) -> State? {
        var flow = flow
        switch flow.hear(content, isAnswer: isForward != flow.isForward, at: now) {
        case .goesOn: flows[key] = flow
        case .ends: flows[key] = nil
        case .isInvalid: return .invalid
        case .beginsAnew: return nil
        }
        return .established
    }

    /// Takes out what is over, and an eighth of the rest where that's too little.
    private mutating func makeRoom(at now: Instant) {
        flows = flows.filter { now < $0.value.deadline }
        guard flows.count > capacity - max(1, capacity / 8) else { return }
        let soonest = flows.sorted { $0.value.deadline < $1.value.deadline }.prefix(max(1, capacity / 8))
        for (key, _) in soonest { flows[key] = nil }
        forgotten += soonest.count
    }
}

extension FlowSight {
    /// What a packet is that has no flow.
    fileprivate var lonelyState: FlowTable.State {
        switch self {
        case .part, .unreadable: .invalid
        case .error: .related
        case .neighbourly: .untracked
        }
    }
}
