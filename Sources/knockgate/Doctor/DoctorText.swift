/// The doctor's findings for a person: a line for each, the commands that mend it below, and how many things are wrong.
///
///     ok     the configuration /etc/knockgate/knockgate.conf has 1 door
///     wrong  no daemon answers at /run/knockgate/control.sock: every packet that the rule sends to the queue is dropped
///                systemctl start knockgate
///
///     1 thing is wrong
struct DoctorText {
    let findings: [Finding]

    func text(on terminal: Terminal) -> String {
        findings.indices.map { lines(at: $0, on: terminal) }.joined() + "\n" + summary.write(on: terminal)
    }

    private func lines(at index: Int, on terminal: Terminal) -> String {
        let finding = findings[index]
        let width = Finding.Gravity.wrong.rawValue.count
        let label = finding.gravity.ink.write(finding.gravity.rawValue.left(width), coloured: terminal.coloured)
        let indent = String(repeating: " ", count: width + 2)
        let room = terminal.size.map { max(20, $0.columns - indent.count) }
        let text = finding.text.wrapped(to: room).joined(separator: "\n" + indent)
        // What the next finding needs as well is told there. A command is never broken: it's to be pasted.
        let isTold = index + 1 < findings.count && findings[index + 1].mending == finding.mending
        let commands =
            isTold ? [] : finding.mending.map { indent + "    " + Ink.heading.write($0, coloured: terminal.coloured) }
        return ([label + "  " + text] + commands).map { $0 + "\n" }.joined()
    }

    /// `nothing is wrong`, `2 things are wrong, 1 hint`.
    private var summary: InkLine {
        let wrong = findings.count { $0.gravity == .wrong }
        let hints = findings.count { $0.gravity == .hint }
        let words = wrong == 0 ? "nothing is wrong" : "\(wrong.counted("thing")) \(wrong == 1 ? "is" : "are") wrong"
        return InkLine(words + (hints > 0 ? ", \(hints.counted("hint"))" : ""), wrong == 0 ? .open : .warning)
    }
}

extension Finding.Gravity {
    fileprivate var ink: Ink {
        switch self {
        case .fine: .open
        case .hint: .knocking
        case .wrong: .warning
        }
    }
}

extension InkLine {
    fileprivate func write(on terminal: Terminal) -> String { ink.write(text, coloured: terminal.coloured) + "\n" }
}
