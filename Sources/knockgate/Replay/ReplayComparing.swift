import KnockCore

/// `--diff`: a capture before two gates, and the packets that they judge otherwise.
struct ReplayComparing: ReplayAct, ~Copyable {
    /// A configuration, and the name of its file.
    struct Side {
        let file: String
        let rules: Rules
        let filter: ReplayFilter
    }

    private let sides: (this: Side, other: Side)
    private var gates: Gates
    /// Nil when JSON is wanted.
    private var timeline: ReplayTimeline?
    private let json: ReplayJSON

    /// How many packets differ, among those that are shown.
    private(set) var differences = 0
    private var inVerdict = 0

    /// A tuple can't hold what can't be copied.
    private struct Gates: ~Copyable {
        var this: ReplayGate
        var other: ReplayGate
    }

    init(_ this: Side, _ other: Side, asJSON: Bool, terminal: Terminal) {
        sides = (this, other)
        gates = Gates(this: ReplayGate(this.rules), other: ReplayGate(other.rules))
        timeline = asJSON ? nil : ReplayTimeline(doors: this.rules.doors, terminal: terminal)
        json = ReplayJSON(doors: this.rules.doors)
    }

    mutating func tell(_ packet: ReplayPacket) -> String {
        let (this, other) = (gates.this.judge(packet), gates.other.judge(packet))
        let difference = ReplayDifference(this, gates.this.doors, other, gates.other.doors)
        guard let difference, sides.this.filter.wants(this) || sides.other.filter.wants(other) else {
            return ""
        }
        differences += 1
        inVerdict += difference.isInVerdict ? 1 : 0
        return timeline?.rows(difference) ?? json.line(difference)
    }

    mutating func end(at time: Instant, captured: Int) -> String {
        guard timeline != nil else { return "" }
        let parts = "\(inVerdict.grouped) in the verdict, \((differences - inVerdict).grouped) in what opens or closes"
        let lines = [
            "\(captured.counted("packet")), \(differences.grouped) judged otherwise"
                + (differences == 0 ? "" : ": \(parts)"),
            "< \(sides.this.file.printable): \(gates.this.summary(captured))",
            "> \(sides.other.file.printable): \(gates.other.summary(captured))",
        ]
        return (differences == 0 ? "" : "\n") + lines.joined(separator: "\n") + "\n"
    }
}

extension ReplayGate {
    /// `8 packets: 1 accept, 1 drop, 6 next; opened ssh 1, web 0`.
    fileprivate func summary(_ captured: Int) -> String {
        let opened = zip(doors, timesOpened).map { "\($0.name) \($1.grouped)" }
        return tally.words(ofCaptured: captured) + (opened.isEmpty ? "" : "; opened \(opened.joined(separator: ", "))")
    }
}
