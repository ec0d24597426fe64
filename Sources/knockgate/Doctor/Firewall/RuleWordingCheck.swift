import KnockConfig
import KnockCore

/// Does a rule of the gate say what it should?
struct RuleWordingCheck {
    let gate: GateRule
    let commands: RuleCommands
    /// The commands that put the right rule in its place.
    let replacement: [String]

    var findings: [Finding] {
        faults.map { .wrong("\(family): \(gate.place) \($0)", mending: replacement) }
            + (takes { $0.isLoopback = true }
                ? [
                    .hint(
                        "\(family): \(gate.place) takes loopback's packets, too: programs on this machine have to knock",
                        mending: replacement)
                ] : [])
    }

    private var family: String { commands.family.name }
    private var mark: UInt32 { commands.configuration.mark }

    private var faults: [String] {
        (gate.rule.hasBypass ? ["has the bypass: while no daemon runs, the gate stands open"] : [])
            + (markFault.map { [$0] } ?? [])
            + (takes { $0.state = .established }
                ? ["takes established connections, too (it lacks --ctstate NEW): they end when their lease does"] : [])
            + (commands.configuration.rules.hearsInvalid && !takes { $0.state = .invalid }
                ? ["takes new packets alone, but a door's tcpflags wants some that conntrack calls invalid"] : [])
    }

    /// What the gate passes on bears its mark, and maybe other bits; it must not come again. Other bits alone say nothing.
    private var markFault: String? {
        let comesAgain = takes { $0.mark = mark } || takes { $0.mark = .max }
        let isMissed = !takes { $0.mark = ~mark }
        guard comesAgain || isMissed else { return nil }
        guard let passedOver = gate.rule.passedOver else {
            return comesAgain
                ? "lacks its mark match: what the gate passes on comes back to it, and is dropped"
                : "takes packets with certain marks only"
        }
        let words = "0x\(String(passedOver.value, radix: 16))/0x\(String(passedOver.mask, radix: 16))"
        let right = "0x\(String(mark, radix: 16))"
        return "leaves out mark \(words), not the configuration's \(right)/\(right): "
            + (comesAgain
                ? "what the gate passes on comes back to it, and is dropped" : "some packets pass the gate by")
    }

    /// Whether it takes any of the packets, to whichever port, that `change` makes of a new one.
    private func takes(_ change: (inout Probe) -> Void) -> Bool {
        ports.contains { port in
            var probe = Probe(port: port)
            change(&probe)
            return gate.rule.reach(probe) != .none
        }
    }

    /// Ports that a rule of the gate's may name, and one of each kind that it won't.
    private var ports: [Port] {
        [.tcp(1), .udp(1)]
            + commands.configuration.rules.doors.flatMap {
                $0.protects + $0.sequence.knocks + ($0.closeSequence?.knocks ?? [])
            }
    }
}
