internal import Host
internal import KnockCore

/// Tells the administrator what happens at the doors, a line an event, and never more than a bounded number of lines:
/// whoever can make events could otherwise fill the disk (R16).
struct EventLog {
    private let verbose: Bool
    private var allowance: LineAllowance

    init(verbose: Bool, at now: Instant) {
        self.verbose = verbose
        allowance = LineAllowance(at: now)
    }

    /// Logs `events`, as far as the allowance goes.
    mutating func tell(_ events: [Event], doors: [Door], at now: Instant) {
        for event in events where verbose || !event.isProgress {
            guard allowance.take(at: now) else {
                allowance.leaveOut(at: now)
                continue
            }
            let line = EventLine(event, door: doors[event.door].name, at: now, wall: Clock.wall)
            if !Console.say(line.priority, line.text) { allowance.leaveOut(at: now) }
        }
    }

    /// Logs what clients ask for and what came of it, as far as the allowance goes: line by line, for a file that is refused
    /// can have a thousand errors.
    mutating func say(_ priority: Console.Priority, _ text: String, at now: Instant) {
        for line in text.split(separator: "\n") where !allowance.take(at: now) || !Console.say(priority, String(line)) {
            allowance.leaveOut(at: now)
        }
    }

    /// When it is time to say how much was left out, if anything was.
    var nextDeadline: Instant? { allowance.summaryDue }

    /// Logs how many events were left out, when that is due.
    mutating func tellLeftOut(at now: Instant) {
        guard let count = allowance.takeSummary(at: now) else { return }
        Console.say(.warning, "\(count) more events were left out of the log")
    }
}

/// How many lines may be written: 100 at once, then 10 a second, and one a second that counts those left out.
struct LineAllowance: Equatable {
    static let most = 100
    static let interval = Duration.milliseconds(100)

    private var lines = most
    private var grows: Instant
    private var leftOut = 0
    /// When those left out are to be told of; nil while there are none.
    private(set) var summaryDue: Instant?

    init(at now: Instant) {
        grows = now.advanced(by: LineAllowance.interval)
    }

    /// Takes a line from the allowance; answers false when it is used up.
    mutating func take(at now: Instant) -> Bool {
        if now >= grows {
            let grown = 1 + grows.duration(to: now).wholeNanoseconds / LineAllowance.interval.wholeNanoseconds
            lines = min(LineAllowance.most, lines + Int(clamping: grown))
            grows = now.advanced(by: LineAllowance.interval)
        }
        guard lines > 0 else { return false }
        lines -= 1
        return true
    }

    mutating func leaveOut(at now: Instant) {
        leftOut += 1
        if summaryDue == nil { summaryDue = now.advanced(by: .seconds(1)) }
    }

    /// How many were left out since the last summary, when another is due.
    mutating func takeSummary(at now: Instant) -> Int? {
        guard let due = summaryDue, now >= due else { return nil }
        defer { (leftOut, summaryDue) = (0, nil) }
        return leftOut
    }
}

/// An event in words. Never with a knock in it: sequences are secrets.
struct EventLine: Equatable {
    let priority: Console.Priority
    let text: String

    init(_ event: Event, door: String, at now: Instant, wall: Int64) {
        let source = event.source
        switch event.change {
        case .opened(let deadline):
            let moment = deadline.wallText(at: now, wall: wall)
            (priority, text) = (.info, "door \(door) opened for \(source) until \(moment)")
        case .closed(.timeIsUp):
            (priority, text) = (.info, "door \(door) closed for \(source): its time is up")
        case .closed(.knocked):
            (priority, text) = (.info, "door \(door) closed for \(source): it knocked to close")
        case .closed(.asked):
            (priority, text) = (.info, "door \(door) closed for \(source): closed by hand")
        case .connected(let port, let used, let limit):
            (priority, text) = (.info, "door \(door) admitted \(source) port \(port), connection \(used) of \(limit)")
        case .refused:
            (priority, text) = (
                .error, "door \(door) stays shut for \(source): the table of leases is full, raise `leases` in [gate]"
            )
        case .knocked(let heard, let count):
            (priority, text) = (.debug, "\(source) knocks at door \(door): \(heard) of \(count) heard")
        case .knockedToClose(let heard, let count):
            (priority, text) = (.debug, "\(source) knocks to close door \(door): \(heard) of \(count) heard")
        case .strayed(let heard, let count):
            (priority, text) = (
                .debug, "\(source) strayed from door \(door): another packet came after \(heard) of \(count)"
            )
        }
    }
}

extension Instant {
    /// This moment as the clock on the wall will show it, when it is `wall` (nanoseconds since 1970) at `now`.
    func wallText(at now: Instant, wall: Int64) -> String {
        // The last moment that a clock of nanoseconds knows is in 2262; later ones are told as that.
        let moment = Instant(nanoseconds: wall).advanced(by: now.duration(to: self))
        return Clock.text(wall: moment.nanoseconds)
    }
}

extension Event {
    /// Whether it tells of a knock on the way and not of a door: too much for a log unless one asks for it.
    fileprivate var isProgress: Bool {
        switch change {
        case .knocked, .knockedToClose, .strayed: true
        case .opened, .connected, .closed, .refused: false
        }
    }
}
