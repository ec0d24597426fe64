internal import Glibc
internal import Host
internal import KnockConfig
internal import KnockControl
internal import KnockCore
internal import Netfilter

/// What clients and signals ask of the daemon, applied by its loop.
extension Daemon {
    mutating func apply(_ request: Request, asked peer: Peer?) -> Reply {
        let now = Instant.now
        switch request {
        case .status:
            let uptime = started.duration(to: now)
            return .status(Status(of: keeper, queue: queue, pid: getpid(), uptime: uptime, at: now))
        case .open(let name, let source, let duration):
            guard let door = index(of: name) else { return unknown(name) }
            note("open \(name) \(source)", by: peer, at: now)
            return open(door, for: source, lasting: duration, at: now)
        case .close(let name, let source):
            guard let door = index(of: name) else { return unknown(name) }
            note("close \(name) \(source)", by: peer, at: now)
            return close(door, for: source, at: now)
        case .reload:
            note("reload", by: peer, at: now)
            switch reload() {
            case .success(let outcome): return .done(outcome)
            case .failure(let refusal): return .refused("\(refusal)")
            }
        }
    }

    private mutating func note(_ request: String, by peer: Peer?, at now: Instant) {
        log.say(.info, "user \(peer.map { String($0.user) } ?? "unknown") asks: \(request)", at: now)
    }

    private mutating func open(_ door: Int, for source: Address, lasting duration: Duration?, at now: Instant) -> Reply
    {
        let name = configuration.rules.doors[door].name
        keeper.gate.open(door, for: source, lasting: duration, at: now, events: &keeper.events)
        let outcome = keeper.events.last?.change
        keepAndTellEvents(at: now)
        guard case .opened(let deadline) = outcome else {
            return .refused("the table of leases is full: raise `leases` in [gate], or close some")
        }
        return .done("door \(name) is open for \(source) until \(deadline.wallText(at: now, wall: Clock.wall))")
    }

    private mutating func close(_ door: Int, for source: Address, at now: Instant) -> Reply {
        let name = configuration.rules.doors[door].name
        let wasOpen = keeper.gate.close(door, for: source, at: now, events: &keeper.events)
        keepAndTellEvents(at: now)
        return wasOpen
            ? .done("door \(name) is closed for \(source)") : .refused("door \(name) isn't open for \(source)")
    }

    private func index(of name: String) -> Int? {
        configuration.rules.doors.firstIndex { $0.name == name }
    }

    private func unknown(_ name: String) -> Reply {
        let names = configuration.rules.doors.map(\.name)
        let known = names.isEmpty ? "no door is configured" : "the doors are: " + names.joined(separator: ", ")
        return .refused("there is no door \(name); \(known)")
    }

    /// Reads the configuration again, and logs what came of it. Unchanged doors keep leases and visits; a bad file changes
    /// nothing.
    mutating func reload() -> Result<String, Refusal> {
        notifier.reloading()
        defer { notifier.ready(summary) }
        let outcome = readAgain()
        switch outcome {
        case .success(let text): log.say(.notice, text, at: .now)
        case .failure(let refusal): log.say(.error, "\(refusal)", at: .now)
        }
        return outcome
    }

    private mutating func readAgain() -> Result<String, Refusal> {
        do throws(Refusal) {
            let new = try Configuration.read(at: options.config) { log.say(.warning, "\($0)", at: .now) }
            guard new.queue == configuration.queue else {
                throw Refusal(
                    """
                    the queue's number can't change under a running rule (\(configuration.queue) to \(new.queue)): \
                    restart the daemon, and put in the rule anew
                    """)
            }
            guard new.mark == configuration.mark else {
                throw Refusal(
                    """
                    the mark can't change under a running rule, which would send every packet round in a circle: restart \
                    the daemon, and put in the rule anew
                    """)
            }
            return .success(adopt(new))
        } catch {
            return .failure(
                Refusal("\(error)\nthe configuration stays as it was: \(options.config) was refused"))
        }
    }

    private mutating func adopt(_ new: Configuration) -> String {
        let now = Instant.now
        while let deadline = keeper.gate.nextDeadline, now >= deadline {
            keeper.gate.expire(at: now, events: &keeper.events)
        }
        keepAndTellEvents(at: now)
        if new.queueLength != configuration.queueLength {
            do { try queue.resize(to: new.queueLength) } catch { Console.say(.warning, "\(error)") }
        }
        let unprotected = portsUnprotected(by: new.rules)
        let carried = keeper.gate.adopt(new.rules, at: now)
        (keeper.sawMarked, saidAlreadyMarked) = (false, false)  // Whoever reloads may have mended the rule, too.
        configuration = new
        leases.rewrite(keeper.gate, at: now)
        let outcome =
            "reloaded \(options.config); doors: \(new.rules.doors.count); leases that go on: \(carried.leases), "
            + "that ended: \(carried.leasesEnded); visits that go on: \(carried.visits)"
        return unprotected.isEmpty ? outcome : outcome + "\nwarning: no door protects any more: \(unprotected)"
    }

    /// The ports that a door protects now and none does under `new`: a file that was emptied by mistake is valid, too.
    private func portsUnprotected(by new: Rules) -> String {
        let kept = Set(new.doors.flatMap(\.protects))
        let ports = configuration.rules.doors.flatMap(\.protects).filter { !kept.contains($0) }
        return ports.map(\.description).joined(separator: " ")
    }
}
