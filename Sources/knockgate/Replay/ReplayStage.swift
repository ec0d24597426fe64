import Capture
import KnockCore

/// Where a capture is played before the gate, and told to whoever reads.
struct ReplayStage: ~Copyable {
    private var gate: ReplayGate
    private let doors: [Door]
    /// Nil when JSON is wanted.
    private var timeline: ReplayTimeline?

    init(_ rules: Rules, asJSON: Bool, coloured: Bool) {
        // A capture may come from an attacker, too: the tables' hash gets a key of its own each time.
        gate = ReplayGate(rules, seed: HashSeed(.random(in: 0 ... .max), .random(in: 0 ... .max)))
        doors = rules.doors
        timeline = asJSON ? nil : ReplayTimeline(doors: rules.doors, coloured: coloured)
    }

    /// Plays the capture to its end, or until nobody reads any more. What came before an error is written all the same.
    mutating func play(_ capture: consuming Capture, to output: inout ReplayOutput) throws {
        var failure: (any Error)?
        do {
            var text: String?
            repeat {
                text = try next(in: &capture)
                if let text { try output.write(text) }
            } while text != nil && output.isWanted
        } catch let error as CaptureError {
            failure = error
        }
        if timeline != nil { try output.write("\n" + summary.text) }
        try output.flush()
        if let failure { throw failure }
    }

    private mutating func next(in capture: inout Capture) throws(CaptureError) -> String? {
        var text: String?
        _ = try capture.next { packet, bytes in
            let answer = gate.judge(packet, bytes)
            text = timeline?.rows(answer) ?? ReplayJSON(doors: doors).line(answer)
        }
        return text
    }

    private var summary: ReplaySummary {
        ReplaySummary(tally: gate.tally, doors: doors, opened: gate.timesOpened, leases: gate.leases)
    }
}
