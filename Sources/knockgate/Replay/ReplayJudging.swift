import KnockCore

/// A capture before one gate: each packet's verdict, and what it meant.
struct ReplayJudging: ReplayAct, ~Copyable {
    private var gate: ReplayGate
    private let filter: ReplayFilter
    /// Nil when JSON is wanted.
    private var timeline: ReplayTimeline?
    private let json: ReplayJSON
    private var shown = 0

    init(_ rules: Rules, filter: ReplayFilter, asJSON: Bool, terminal: Terminal) {
        gate = ReplayGate(rules)
        self.filter = filter
        timeline = asJSON ? nil : ReplayTimeline(doors: rules.doors, terminal: terminal)
        json = ReplayJSON(doors: rules.doors)
    }

    mutating func tell(_ packet: ReplayPacket) -> String {
        let answer = gate.judge(packet)
        let earlier = answer.ended.isEmpty ? "" : rows(answer.ended)
        guard filter.wantsAll || filter.wants(answer) else { return earlier }
        shown += 1
        let text = timeline?.rows(answer) ?? json.line(answer)
        return earlier.isEmpty ? text : earlier + text
    }

    mutating func end(at time: Instant, captured: Int) -> String {
        let last = rows(gate.expire(at: time))
        guard timeline != nil else { return "" }
        let summary = ReplaySummary(
            tally: gate.tally, doors: gate.doors, filter: filter, shown: shown, captured: captured,
            opened: gate.timesOpened, leases: gate.leases)
        return last + "\n" + summary.text
    }

    /// JSON has an object for each packet, and for nothing else.
    private mutating func rows(_ ended: [ReplayGate.Ended]) -> String {
        timeline?.rows(ended.filter { filter.wants($0.event) }) ?? ""
    }
}
