import KnockCore

extension [DoorDraft] {
    /// Reports sequences of which one is completed while another is knocked: its knocks stand in the other's, one
    /// right after the other.
    ///
    ///     sequence of a       1111 2222
    ///     sequence of b       1111 2222 3333      whoever opens b opens a on the way
    ///
    /// Two doors may close by the same knocks, and one's close_sequence may hold the other's: nothing opens by that.
    func reportOverlaps(findings: inout Findings) {
        let tracks = self.tracks
        let inner = InnerTracks(tracks)
        for outer in tracks {
            inner.forEach(in: outer) { inner, start in
                Overlap(outer: outer, inner: inner, start: start)?.report(findings: &findings)
            }
        }
    }

    private var tracks: [Track] {
        enumerated().flatMap { index, draft in
            [(draft.opening, true), (draft.closing, false)].compactMap { list, opens in
                guard let list, list.isWhole else { return nil }
                return Track(door: index, title: draft.title, opens: opens, knocks: list.values, place: list.place)
            }
        }
    }
}

/// An opening or a closing sequence.
private struct Track {
    let door: Int
    let title: String
    let opens: Bool
    let knocks: [Port]
    let place: Place
}

/// All sequences by their knocks. Where several are the same, the first stands for them.
private struct InnerTracks {
    private var opening: [[Port]: Track] = [:]
    private var closing: [[Port]: Track] = [:]
    private var firstKnocks: Set<Port> = []

    init(_ tracks: [Track]) {
        for track in tracks {
            let known = track.opens ? opening[track.knocks] : closing[track.knocks]
            guard known == nil, let first = track.knocks.first else { continue }
            if track.opens { opening[track.knocks] = track } else { closing[track.knocks] = track }
            firstKnocks.insert(first)
        }
    }

    /// Calls `body` with every sequence that stands in `outer`, and how many knocks come before it there.
    func forEach(in outer: Track, _ body: (Track, _ start: Int) -> Void) {
        let knocks = outer.knocks
        for start in knocks.indices where firstKnocks.contains(knocks[start]) {
            for end in start + 1...knocks.count {
                let run = Array(knocks[start..<end])
                if let track = opening[run] { body(track, start) }
                if let track = closing[run] { body(track, start) }
            }
        }
    }
}

/// A sequence within another.
private struct Overlap {
    private let outer: Track
    private let inner: Track
    /// How many knocks of the outer sequence come before the inner one.
    private let start: Int

    /// Nil where there's nothing to tell: a sequence holds itself, both close, or it's told elsewhere.
    init?(outer: Track, inner: Track, start: Int) {
        let isItself = outer.door == inner.door && outer.opens == inner.opens
        let isWhole = inner.knocks.count == outer.knocks.count
        // A door whose opening ends in its closing never opens: reportNeverOpen tells of it.
        let closesLast =
            outer.door == inner.door && start + inner.knocks.count == outer.knocks.count
            && (outer.opens || isWhole)
        let isToldBack = outer.opens && !inner.opens && isWhole
        guard outer.opens || inner.opens, !isItself, !closesLast, !isToldBack else { return nil }
        (self.outer, self.inner, self.start) = (outer, inner, start)
    }

    func report(findings: inout Findings) {
        let message = message(place: findings.name(of: inner.place))
        if isError {
            findings.error(message, at: outer.place)
        } else {
            findings.warning(message, at: outer.place)
        }
    }

    /// No opening sequence may begin with another one, for then it can't be knocked without opening the other door. The
    /// rest is odd, but does no harm.
    private var isError: Bool { start == 0 && inner.opens && outer.opens }

    private func message(place: String) -> String {
        if outer.opens && outer.knocks == inner.knocks { return "\(inner.title) has the same sequence (\(place))" }
        if outer.opens && isError { return "this begins with the whole sequence of \(inner.title) (\(place))" }
        let effect = inner.opens ? "opens" : "closes"
        let key = inner.opens ? "sequence" : "close_sequence"
        return "whoever knocks this also \(effect) \(inner.title), whose whole \(key) it holds (\(place))"
    }
}
