public import KnockCore

/// A gate and an oracle that are told the same.
public struct Race: ~Copyable {
    /// What both are told.
    public enum Step {
        case packet(Packet?, at: Instant)
        case reload(Rules, at: Instant)
    }

    public struct Answer: Equatable {
        public let verdict: Verdict
        public let events: [Event]

        public init(_ verdict: Verdict, _ events: [Event]) {
            self.verdict = verdict
            // That time is up is told when the gate notices it, not with a packet.
            self.events = events.filter { $0.change != .closed(.timeIsUp) }
        }

        /// The order of a packet's events is no rule's, and none of them comes twice.
        public static func == (left: Answer, right: Answer) -> Bool {
            left.verdict == right.verdict && left.events.count == right.events.count
                && left.events.allSatisfy(right.events.contains)
        }
    }

    /// What both make of it.
    public enum Outcome {
        case packet(gate: Answer, oracle: Answer)
        case reload(gate: Gate.Carried, oracle: Gate.Carried)

        public var isAgreed: Bool {
            switch self {
            case .packet(let gate, let oracle): gate == oracle
            case .reload(let gate, let oracle): gate == oracle
            }
        }
    }

    private var gate: Gate
    public private(set) var oracle: Oracle

    public init(_ rules: Rules, seed: HashSeed) {
        gate = Gate(rules, seed: seed)
        oracle = Oracle(rules)
    }

    /// Lets the gate clear away what is over; the oracle knows of no such thing, so that no answer may change by it.
    public mutating func expire(at now: Instant) {
        var events: [Event] = []
        gate.expire(at: now, events: &events)
    }

    /// Nil where the rules leave open what follows: then the two may go different ways.
    public mutating func take(_ step: Step) -> Outcome? {
        switch step {
        case .packet(let packet, let now):
            var events: [Event] = []
            let verdict = gate.decide(packet, at: now, events: &events)
            let said = oracle.judge(packet, at: now)
            if oracle.isUndecided { return nil }
            return .packet(gate: Answer(verdict, events), oracle: Answer(said.verdict, said.events))
        case .reload(let rules, let now):
            return .reload(gate: gate.adopt(rules, at: now), oracle: oracle.adopt(rules, at: now))
        }
    }
}
