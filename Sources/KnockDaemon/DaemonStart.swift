internal import Host
internal import KnockConfig
internal import KnockCore
internal import Netfilter

/// Why the daemon can't start, or can't take a new configuration, in words for the administrator.
struct Refusal: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension Configuration {
    /// Reads the configuration at `path`; every error is in the refusal, every warning goes to `warn`.
    static func read(at path: String, warn: (Diagnostic) -> Void) throws(Refusal) -> Configuration {
        let reading = Configuration.load(path)
        guard let configuration = reading.configuration else {
            throw Refusal(reading.diagnostics.map(\.description).joined(separator: "\n"))
        }
        reading.diagnostics.forEach(warn)
        return configuration
    }
}

extension Daemon {
    /// Gets everything that a running daemon holds, in an order in which nothing is changed before all that could be
    /// refused was granted: configuration, lock, queue, control socket, leases.
    static func start(_ options: Options) throws(Refusal) -> Daemon {
        do {
            let signals = try SignalQueue.make()  // First, so that no signal ends a start half-way.
            let configuration = try Configuration.read(at: options.config) { Console.say(.warning, "\($0)") }
            let poller = try Poller.make()
            let timer = try DeadlineTimer.make()
            let addresses = try BroadcastWatch.make()
            let lock = try lock(options.state)
            let notifier = ServiceNotifier()
            let queue = try queue(of: configuration, notifier)
            let control = try ControlServer.listen(at: options.socket, as: Token.control)
            let seed = HashSeed(try RandomNumber.draw(), try RandomNumber.draw())
            var gate = Gate(configuration.rules, seed: seed)
            var leases = try LeaseFile.open(in: options.state, Doubt.open(besides: options.socket))
            let now = Instant.now
            tell(try leases.restore(into: &gate, at: now))
            leases.unseal(gate, at: now)
            return Daemon(
                options: options, configuration: configuration, notifier: notifier, lock: lock, poller: poller,
                signals: signals,
                addresses: addresses, timer: timer, queue: queue,
                keeper: Doorkeeper(gate: gate, mark: configuration.mark),
                leases: leases, control: control)
        } catch let error as Refusal {
            throw error
        } catch {
            throw Refusal("\(error)")
        }
    }

    private static func lock(_ state: String) throws -> LockFile {
        try Files.makeDirectory(state)
        guard let lock = try LockFile.take(state + "/lock") else {
            throw Refusal(
                "another knockgated runs on the state directory \(state); stop it, or name another by --state")
        }
        return lock
    }

    /// Takes over the queue from the daemon before, whose socket the service manager has held, or binds it; and has the
    /// manager hold it for the next.
    private static func queue(
        of configuration: Configuration, _ notifier: borrowing ServiceNotifier
    ) throws(QueueError) -> PacketQueue {
        let (number, length, name) = (configuration.queue, configuration.queueLength, "queue")
        if let held = HeldDescriptor.take(name) {
            if let queue = try PacketQueue.adopt(held, as: number, length: length) {
                let waiting = queue.statistics?.waiting ?? 0
                Console.say(.notice, "queue \(number) was held meanwhile; packets that wait in it: \(waiting)")
                return queue
            }
            notifier.letGo(of: name)  // Another queue than the configuration names now: it must not stay bound.
        }
        let queue = try PacketQueue.bind(number, length: length)
        notifier.keep(queue.descriptor, as: name)
        return queue
    }

    private static func tell(_ restored: LeaseFile.Restored) {
        switch restored {
        case .taken(0): break
        case .taken(let count):
            Console.say(.notice, "\(count) \(count == 1 ? "lease goes" : "leases go") on from before")
        case .notVouchedFor(let count):
            Console.say(
                .warning,
                "\(count) leases from before the machine went down are forgotten: it didn't go down in order")
        case .outdated(let count):
            Console.say(
                .warning, "\(count) leases of before are forgotten: their file can't be written, or couldn't at the end"
            )
        case .unreadable(let path):
            let file = path.map { "is kept as \($0)" } ?? "could not be kept"
            Console.say(.error, "the leases of before can't be read and are forgotten; their file \(file)")
        }
    }
}

extension Instant {
    /// This moment, on the daemon's clock.
    static var now: Instant { Instant(nanoseconds: Clock.sinceBoot) }
}
