internal import Host
internal import KnockConfig
internal import KnockControl
internal import KnockCore
internal import Netfilter

/// The running gate: one loop over the queue, the control socket, the signals and one timer.
///
///     wait ─┬─ queue ───▶ receive ▶ decide ▶ answer ▶ tell (state file, log)
///           ├─ client ──▶ request ▶ apply ▶ reply
///           ├─ signal ──▶ reload, or leave
///           ├─ address ─▶ learn the broadcast addresses
///           └─ timer ───▶ leases end, clients run out of time, the watchdog wants to hear of us
struct Daemon: ~Copyable {
    /// By what the poller names who has something to say.
    enum Token {
        static let queue: UInt64 = 0
        static let signals: UInt64 = 1
        static let timer: UInt64 = 2
        static let addresses: UInt64 = 3
        static let control: UInt64 = 4  // And, from 5 on, its clients.
    }

    let options: Options
    var configuration: Configuration
    let lock: LockFile
    var poller: Poller
    let signals: SignalQueue
    let addresses: BroadcastWatch
    var timer: DeadlineTimer
    var queue: PacketQueue
    var keeper: Doorkeeper
    var leases: LeaseFile
    var control: ControlServer
    let notifier: ServiceNotifier
    var log: EventLog
    let started = Instant.now
    private var isLeaving = false
    private var knowsBroadcasts = false
    var saidAlreadyMarked = false
    private var watchdogDue: Instant?
    /// When to ask next whether the queue is still ours: a gate that has lost it is closed, and would never hear of it.
    private var askingDue: Instant?
    var tidyDue: Instant?

    init(
        options: Options, configuration: Configuration, notifier: consuming ServiceNotifier, lock: consuming LockFile,
        poller: consuming Poller, signals: consuming SignalQueue, addresses: consuming BroadcastWatch,
        timer: consuming DeadlineTimer,
        queue: consuming PacketQueue,
        keeper: consuming Doorkeeper, leases: consuming LeaseFile, control: consuming ControlServer
    ) {
        self.options = options
        self.configuration = configuration
        self.notifier = notifier
        self.lock = lock
        self.poller = poller
        self.signals = signals
        self.addresses = addresses
        self.timer = timer
        self.queue = queue
        self.keeper = keeper
        self.leases = leases
        self.control = control
        log = EventLog(verbose: options.verbose, at: started)
    }

    /// Serves until it is told to leave, or has lost its queue.
    mutating func run() throws {
        try poller.watch(queue.descriptor, for: .reading, as: Token.queue)
        try poller.watch(signals.descriptor.number, for: .reading, as: Token.signals)
        try poller.watch(timer.descriptor.number, for: .reading, as: Token.timer)
        try poller.watch(addresses.descriptor.number, for: .reading, as: Token.addresses)
        learnBroadcasts()
        try control.open(poller)
        notifier.ready(summary)
        Console.say(.notice, "knockgated is ready: \(summary)")
        watchdogDue = notifier.watchdogInterval.map { started.advanced(by: .nanoseconds($0)) }
        askingDue = started
        var ready: [UInt64] = []
        while !isLeaving, !queue.isLost {
            if leases.isBehind, tidyDue == nil { tidyDue = Instant.now.advanced(by: .seconds(1)) }
            timer.ring(at: nextDeadline?.nanoseconds)
            try poller.wait(&ready)
            for token in ready { try serve(token) }
        }
        try leave()
        if queue.isLost { throw queue.loss }
    }

    private mutating func serve(_ token: UInt64) throws(HostError) {
        switch token {
        case Token.queue: try answerPackets()
        case Token.signals: obeySignals()
        case Token.timer: try keepTime()
        case Token.addresses: learnBroadcasts()
        case Token.control: control.hello(poller, at: .now)
        default: serveClient(token)
        }
    }

    // MARK: - Time

    private var nextDeadline: Instant? {
        let gate = sooner(keeper.gate.nextDeadline, log.nextDeadline)
        return sooner(sooner(gate, control.nextDeadline), sooner(sooner(watchdogDue, askingDue), tidyDue))
    }

    private func sooner(_ one: Instant?, _ other: Instant?) -> Instant? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    private mutating func keepTime() throws(HostError) {
        timer.acknowledge()
        let now = Instant.now
        keeper.gate.expire(at: now, events: &keeper.events)
        tellEvents(at: now)
        log.tellLeftOut(at: now)
        try control.expire(poller, at: now)
        if let due = watchdogDue, let interval = notifier.watchdogInterval, now >= due {
            notifier.alive()
            watchdogDue = now.advanced(by: .nanoseconds(interval))
        }
        if let due = askingDue, now >= due {
            do { try queue.ask() } catch { log.say(.warning, "\(error)", at: now) }
            askingDue = now.advanced(by: .seconds(1))
        }
        if let due = tidyDue, now >= due {
            leases.tidy(keeper.gate, at: now)
            tidyDue = nil
            if !knowsBroadcasts { learnBroadcasts() }
        }
    }

    /// Looks which broadcast addresses the machine has now: packets to them end no visit (R8). When they can't be read, those
    /// known so far remain, and it looks again in a second.
    private mutating func learnBroadcasts() {
        addresses.acknowledge()
        let found = addresses.addresses
        if let found { keeper.gate.broadcasts = Set(found.map(Address.init(ipv4:))) }
        knowsBroadcasts = found != nil
        if !knowsBroadcasts, tidyDue == nil { tidyDue = Instant.now.advanced(by: .seconds(1)) }
    }

    // MARK: - Signals

    private mutating func obeySignals() {
        while let signal = signals.next() {
            switch signal {
            case .terminate: isLeaving = true
            case .reload: _ = reload()
            }
        }
    }

    /// What the service manager shows beside our name.
    var summary: String {
        let doors = configuration.rules.doors.count
        return "queue \(configuration.queue), \(doors) \(doors == 1 ? "door" : "doors")"
    }

    /// Answers what is waiting, keeps the leases, and says good-bye. Packets that go on coming are answered for at most
    /// a second.
    private mutating func leave() throws(HostError) {
        notifier.stopping()
        Console.say(.notice, "knockgated leaves; the gate is closed for new connections until it is back")
        control.close()
        let end = Instant.now.advanced(by: .seconds(1))
        while Instant.now < end, try queue.receive() > 0 { try answerBatch(at: .now) }
        leases.seal(keeper.gate, at: .now)
    }

    // MARK: - Clients

    private mutating func serveClient(_ token: UInt64) {
        switch control.hear(token) {
        case nil: return
        case .failure(let error): control.say(.bad(error.description), to: token, poller)
        case .success(let request):
            let reply = apply(request, asked: control.peer(of: token))
            control.say(reply, to: token, poller)
        }
    }
}
