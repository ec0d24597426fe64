import Capture
import KnockCore

/// What is made of a capture's packets, in their order, and told to whoever reads.
protocol ReplayAct: ~Copyable {
    mutating func tell(_ packet: ReplayPacket) -> String

    /// What is to be said when the capture is over: at `time`, after so many packets.
    mutating func end(at time: Instant, captured: Int) -> String
}

/// Where a capture is played.
struct ReplayStage<Act: ReplayAct & ~Copyable>: ~Copyable {
    private(set) var act: Act
    /// Nil where every packet of the capture is taken as one that the rule hands over.
    private var sieve: ReplaySieve?
    /// The latest moment of the capture so far.
    private var now = Instant(nanoseconds: .min)

    init(_ act: consuming Act, sieve: ReplaySieve?) {
        self.act = act
        self.sieve = sieve
    }

    /// How many flows were too many to be followed.
    var forgotten: Int { sieve?.forgotten ?? 0 }

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
        try output.write(act.end(at: now, captured: capture.count))
        try output.flush()
        if let failure { throw failure }
    }

    private mutating func next(in capture: inout Capture) throws(CaptureError) -> String? {
        var text: String?
        _ = try capture.next { captured, bytes in
            let packet = ReplayPacket(captured, bytes)
            now = max(now, packet.time)
            text = sieve?.diverts(packet, bytes) ?? true ? act.tell(packet) : ""
        }
        return text
    }
}
