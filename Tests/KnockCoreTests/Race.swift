import KnockCore
import PacketForge

/// A gate and an oracle that are told the same.
struct Race: ~Copyable {
    /// What both are told.
    enum Step {
        case packet(Packet?, at: Instant)
        case reload(Rules, at: Instant)
    }

    struct Answer: Equatable {
        let verdict: Verdict
        let events: [Event]

        init(_ verdict: Verdict, _ events: [Event]) {
            self.verdict = verdict
            // That time is up is told when the gate notices it, not with a packet.
            self.events = events.filter { $0.change != .closed(.timeIsUp) }
        }

        /// The order of a packet's events is no rule's, and none of them comes twice.
        static func == (left: Answer, right: Answer) -> Bool {
            left.verdict == right.verdict && left.events.count == right.events.count
                && left.events.allSatisfy(right.events.contains)
        }
    }

    /// What both make of it.
    enum Outcome {
        case packet(gate: Answer, oracle: Answer)
        case reload(gate: Gate.Carried, oracle: Gate.Carried)

        var isAgreed: Bool {
            switch self {
            case .packet(let gate, let oracle): gate == oracle
            case .reload(let gate, let oracle): gate == oracle
            }
        }
    }

    private var gate: Gate
    private(set) var oracle: Oracle

    init(_ rules: Rules, seed: HashSeed) {
        gate = Gate(rules, seed: seed)
        oracle = Oracle(rules)
    }

    /// Nil where the rules leave open what follows: then the two may go different ways.
    mutating func take(_ step: Step) -> Outcome? {
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

/// A race that goes where a random string leads, and is remembered.
struct Course: ~Copyable {
    private let rules: Rules
    private let seed: HashSeed
    private var race: Race
    private var string: RandomString
    private var random: SplitMix64
    private var steps: [Race.Step] = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        rules = Rules.random(using: &random).cramped(using: &random)
        self.seed = HashSeed(random.next(), random.next())
        race = Race(rules, seed: self.seed)
        string = RandomString(seed: random.next(), rules: rules)
    }

    /// One step more; nil where the string ends because the rules leave open what follows.
    mutating func advance() -> Race.Outcome? {
        let next = string.step(with: race.oracle)
        let isReload = random.chance(3)
        let step: Race.Step =
            isReload
            ? .reload(race.oracle.rules.changed(using: &random), at: next.time) : .packet(next.packet, at: next.time)
        steps.append(step)
        return race.take(step)
    }

    /// The rules, and the steps that are needed for the two to differ.
    func shrunk() -> String {
        var needed = steps
        var isShorter = true
        while isShorter {
            isShorter = false
            for place in needed.indices.reversed() {
                var fewer = needed
                fewer.remove(at: place)
                if differs(fewer) { (needed, isShorter) = (fewer, true) }
            }
        }
        return "\(rules)\n" + needed.map { "\($0)" }.joined(separator: "\n")
    }

    private func differs(_ steps: [Race.Step]) -> Bool {
        var race = Race(rules, seed: seed)
        for step in steps {
            guard let outcome = race.take(step) else { return false }
            if !outcome.isAgreed { return true }
        }
        return false
    }
}
