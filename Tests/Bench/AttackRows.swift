/// What somebody brings about who knows the code, and sends from addresses that collide in the gate's tables.
///
/// The addresses are chosen as an attacker would, by the hash under some key: all of them have their home in one 64th of
/// a table. The gate draws its key at random when it starts, so that under that one they lie like any others. What the
/// same addresses cost where the key is known shows that the attack is a real one.
import DecideStage
import KnockCore
import PacketForge

struct AttackRows: RowGroup {
    let name = "attack"
    let title = "decide(): 65,536 visits, of sources whose addresses collide under a key that the attacker knows"
    let subjects = [atRandom, colliding, keyIsKnown]
    let panel = Panel(rows: questions.map(row), isLogarithmic: true)

    private static let atRandom = "drawn at random"
    private static let colliding = "colliding"
    private static let keyIsKnown = "colliding, and it is the gate's key"
    private static let sources = 65_536
    private static let strangers = 4_096
    private static let questions: [DecideStage.Question] = [.stranger, .refused, .visitor, .holder]

    private static func row(_ question: DecideStage.Question) -> Row {
        Row(name: question.rawValue, unit: "ns a packet")
    }

    let targets = questions.map { question in
        Target(text: "\(question.rawValue), colliding: nothing measurable, at most 1.1 of the figure at random") {
            guard let figure = $0.median(row(question), of: colliding),
                let usual = $0.median(row(question), of: atRandom)
            else { return nil }
            return ((figure / usual).short, figure / usual <= 1.1)
        }
    }

    func measure(_ bench: Bench, into results: inout Results) async throws {
        let known = HashSeed(3, 4)
        let (random, chosen) = (AttackRows.addresses { _ in true }, AttackRows.addresses { known.hash($0) >> 58 == 0 })
        let stages = [
            (AttackRows.atRandom, turns(addresses: random)),
            (AttackRows.colliding, turns(addresses: chosen)),
        ]
        let worst = turns(addresses: chosen, seed: known)
        for question in AttackRows.questions {
            for _ in 0..<bench.rounds(31, quick: 5) {
                try Task.checkCancellation()
                for (subject, stage) in stages {
                    results.add(stage.cost(of: question), to: AttackRows.row(question), of: subject, in: self)
                }
            }
            let cost = worst.cost(of: question, packets: 256)
            results.add(cost, to: AttackRows.row(question), of: AttackRows.keyIsKnown, in: self)
        }
    }

    private func turns(addresses: [Address], seed: HashSeed = HashSeed(1, 2)) -> DecideTurns {
        DecideTurns(DecideStage(doors: 1, sources: AttackRows.sources, addresses: addresses, seed: seed))
    }

    /// So many addresses of 2001:db8::/32, drawn by the same seed each time, that fit.
    private static func addresses(_ fits: (Address) -> Bool) -> [Address] {
        var random = SplitMix64(seed: 5)
        var list: [Address] = []
        while list.count < sources + strangers {
            let address = Address(ipv6: 0x2001_0db8 << 32 | random.next() >> 32, random.next())
            if fits(address) { list.append(address) }
        }
        return list
    }
}
