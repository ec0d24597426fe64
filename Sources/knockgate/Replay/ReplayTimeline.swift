import KnockCore

/// `replay` for a person: a row for each packet, and for each lease whose time ran out, in the order of time.
///
///     2023-11-14 UTC
///         no  time             from             to               port       verdict  what it meant
///          1  22:13:20.000000  198.51.100.7     203.0.113.5      2222/udp   next     visit ssh 1/3
///             22:13:31.000000  198.51.100.7                                          closed ssh: its time was up
struct ReplayTimeline {
    let doors: [Door]
    let coloured: Bool

    private var day: String?
    /// The columns grow with what they meet: rows are written as they come, and nobody knows the longest address before.
    private var sourceWidth = 15
    private var destinationWidth = 15

    init(doors: [Door], coloured: Bool) {
        (self.doors, self.coloured) = (doors, coloured)
    }

    /// All rows that an answer has to tell, each with its end of line.
    mutating func rows(_ answer: ReplayGate.Answer) -> String {
        let ended = answer.ended.map { ended in
            row(
                ended.time, from: ended.event.source.description,
                meaning: "\(ended.event.words(doors)): its time was up")
        }
        let packet = row(
            answer.time, number: "\(answer.number)", from: answer.addresses?.source.description ?? "",
            to: answer.addresses?.destination.description ?? "", port: answer.portName, verdict: answer.verdict,
            meaning: answer.events.map { $0.words(doors) }.joined(separator: ", "))
        return (ended + [packet]).joined()
    }

    private mutating func row(
        _ time: Instant, number: String = "", from source: String, to destination: String = "", port: String = "",
        verdict: Verdict? = nil, meaning: String
    ) -> String {
        (sourceWidth, destinationWidth) = (max(sourceWidth, source.count), max(destinationWidth, destination.count))
        let (day, clock) = UTC.text(of: time)
        let heading = day == self.day ? "" : heading(day)
        self.day = day
        let cells = [
            number.right(6), clock, source.left(sourceWidth), destination.left(destinationWidth), port.left(9),
        ]
        let name = verdict?.description ?? ""
        let judged = ink(for: verdict).write(name, coloured: coloured) + String(repeating: " ", count: 7 - name.count)
        let row = (cells + [judged, meaning]).joined(separator: "  ")
        return heading + row.trimmedRight + "\n"
    }

    private func heading(_ day: String) -> String {
        let titles = [
            "no".right(6), "time".left(15), "from".left(sourceWidth), "to".left(destinationWidth), "port".left(9),
            "verdict", "what it meant",
        ]
        let title = Ink.faint.write(titles.joined(separator: "  "), coloured: coloured)
        return "\(self.day == nil ? "" : "\n")\(Ink.heading.write("\(day) UTC", coloured: coloured))\n\(title)\n"
    }

    private func ink(for verdict: Verdict?) -> Ink {
        switch verdict {
        case .accept: .open
        case .drop: .warning
        case .next, nil: .plain
        }
    }
}

extension ReplayGate.Answer {
    /// `22/tcp`, `proto 47`, `malformed`.
    fileprivate var portName: String {
        guard case .other(let number) = packet?.content else {
            return packet?.destinationPort.map(\.description) ?? "malformed"
        }
        return "proto \(number)"
    }
}

extension String {
    fileprivate var trimmedRight: Substring {
        self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)]
    }
}
