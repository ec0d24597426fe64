import KnockCore

/// `replay` for a person: a row for each packet, and one for each door that opened or closed, in the order of time.
///
///     2023-11-14 UTC, to 203.0.113.5
///         no  time          from             port       verdict  what it meant
///          1  22:13:20.000  198.51.100.7     4444/udp   next     visit ssh 3/3
///     +       22:13:20.000  198.51.100.7     door ssh open until 22:13:50.000
///     -       22:13:50.000  198.51.100.7     door ssh closed: its time was up
///
/// Most packets of a capture go to one address of each family, which the heading names; a row says so when its packet goes
/// elsewhere.
struct ReplayTimeline {
    let doors: [Door]
    let terminal: Terminal

    private var day: String?
    private var destinations: [Address] = []
    /// It grows with what it meets: rows are written as they come, and nobody knows the longest address before.
    private var sourceWidth = 15
    /// Beyond this, an address pushes its own row to the right, and not all that follow out of a narrow terminal.
    private let widestSource: Int

    init(doors: [Door], terminal: Terminal) {
        (self.doors, self.terminal) = (doors, terminal)
        widestSource = terminal.size.map { max(15, $0.columns - 62) } ?? 43
    }

    /// A packet's row, and those of the doors that opened or closed by it.
    mutating func rows(_ answer: ReplayGate.Answer) -> String {
        guard !answer.events.isEmpty else { return row(answer.packet, mark: " ", answer.verdict, []) }
        let words = answer.events.filter { !$0.isOfDoor }.map { $0.words(doors) }
        var rows = row(answer.packet, mark: " ", answer.verdict, words)
        for event in answer.events where event.isOfDoor { rows += row(event, at: answer.packet.time) }
        return rows
    }

    mutating func rows(_ ended: [ReplayGate.Ended]) -> String {
        ended.map { row($0.event, at: $0.time) }.joined()
    }

    /// A packet's row by this gate, and under it what the other one says, marked as diff(1) does.
    mutating func rows(_ difference: ReplayDifference) -> String {
        let (this, other) = (difference.this, difference.other)
        let first = row(this.packet, mark: "<", this.verdict, this.events.map { $0.words(doors) })
        let second = judgement(other.verdict, other.events.map { $0.words(difference.otherDoors) })
        return first + (">".left(judgementColumn) + second).trimmedRight + "\n"
    }

    private mutating func row(
        _ packet: ReplayPacket, mark: String, _ verdict: Verdict, _ words: [String]
    ) -> String {
        let (source, destination) = (packet.addresses?.source.description ?? "", packet.addresses?.destination)
        makeRoom(for: source)
        let (heading, clock) = begin(packet.time, to: destination)
        var words = words
        if let destination, !destinations.contains(destination) { words.insert("to \(destination)", at: 0) }
        let number = mark + String(packet.number).right(5)
        let cells = [number, clock, source.left(sourceWidth), packet.portName.left(9), ""].joined(separator: "  ")
        let row = cells + judgement(verdict, words, isPushed: source.count > sourceWidth)
        return heading + row.trimmedRight + "\n"
    }

    /// `+` where a door opens, `-` where it closes, `!` where there was no room for another lease.
    private mutating func row(_ event: Event, at time: Instant) -> String {
        let source = event.source.description
        makeRoom(for: source)
        let (heading, clock) = begin(time, to: nil)
        let (mark, words, ink): (String, String, Ink) =
            switch event.change {
            case .opened(let deadline): ("+", "open until \(UTC.shortText(of: deadline, from: time))", .open)
            case .closed(.timeIsUp): ("-", "closed: its time was up", .heading)
            case .refused: ("!", "refused: the table of leases is full", .warning)
            default: ("-", "closed by its sequence", .heading)
            }
        let row = [mark.left(6), clock, source.left(sourceWidth), "door \(doors[event.door].name) \(words)"]
        return heading + ink.write(row.joined(separator: "  "), coloured: terminal.coloured) + "\n"
    }

    /// The verdict, and what the packet meant, in as many lines as the terminal wants.
    private func judgement(_ verdict: Verdict, _ words: [String], isPushed: Bool = false) -> String {
        let name = verdict.description
        let judged = ink(for: verdict).write(name, coloured: terminal.coloured)
        guard !words.isEmpty else { return judged }
        let lines = words.folded(to: room)
        let padding = String(repeating: " ", count: 9 - name.count)
        guard isPushed || lines.count > 1 else { return judged + padding + lines[0] }
        let newLine = "\n" + String(repeating: " ", count: judgementColumn + 9)
        return judged + (isPushed ? newLine : padding) + lines.joined(separator: newLine)
    }

    private var judgementColumn: Int { 6 + 2 + 12 + 2 + sourceWidth + 2 + 9 + 2 }

    /// The columns for what packets meant; nil for as many as it takes.
    private var room: Int? {
        let room = (terminal.size?.columns ?? 0) - judgementColumn - 9
        return room < 13 ? nil : room
    }

    /// What a row begins with: its time, and before it a heading where there is something new to say.
    private mutating func begin(_ time: Instant, to destination: Address?) -> (heading: String, clock: String) {
        let (day, clock) = UTC.text(of: time)
        let isUsual = destinations.count < 2 && destination.map(isFirstOfItsFamily) ?? false
        if isUsual, let destination { destinations.append(destination) }
        let heading = isUsual || day != self.day ? heading(day) : ""
        self.day = day
        return (heading, String(clock.dropLast(3)))
    }

    private mutating func makeRoom(for source: String) {
        if source.count <= widestSource { sourceWidth = max(sourceWidth, source.count) }
    }

    private func isFirstOfItsFamily(_ destination: Address) -> Bool {
        !destinations.contains { $0.family == destination.family } && !destination.isMulticastOrBroadcast
    }

    private func heading(_ day: String) -> String {
        let titles = [
            "no".right(6), "time".left(12), "from".left(sourceWidth), "port".left(9), "verdict", "what it meant",
        ]
        let title = Ink.faint.write(titles.joined(separator: "  "), coloured: terminal.coloured)
        let names = destinations.map(\.description).joined(separator: " and ")
        let first = "\(day) UTC" + (names.isEmpty ? "" : ", to \(names)")
        return "\(self.day == nil ? "" : "\n")\(Ink.heading.write(first, coloured: terminal.coloured))\n\(title)\n"
    }

    private func ink(for verdict: Verdict) -> Ink {
        switch verdict {
        case .accept: .open
        case .drop: .warning
        case .next: .plain
        }
    }
}

extension [String] {
    /// The words with commas between them, in lines of at most `width` characters where one has room for more than one.
    fileprivate func folded(to width: Int?) -> [String] {
        guard let width else { return [joined(separator: ", ")] }
        var lines: [String] = []
        for word in self {
            if let last = lines.last, last.count + 3 + word.count <= width {
                lines[lines.count - 1] = last + ", " + word
            } else {
                if let last = lines.last { lines[lines.count - 1] = last + "," }
                lines.append(word)
            }
        }
        return lines
    }
}

extension String {
    fileprivate var trimmedRight: Substring {
        self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)]
    }
}
