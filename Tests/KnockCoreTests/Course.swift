import KnockCore
import PacketForge

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
