internal import Host
internal import KnockConfig
internal import KnockCore
internal import Netfilter

/// How packets go through the daemon: received, decided, answered, and only then told of.
extension Daemon {
    /// Answers what waits in the queue, up to 16 batches before others get their turn.
    mutating func answerPackets() throws(HostError) {
        var wasFull = false
        for _ in 0..<16 {
            if !wasFull, let pause = queue.pause { Clock.pause(nanoseconds: pause) }
            let count = try queue.receive()
            guard count > 0 else { return }
            try answerBatch(at: .now)
            wasFull = count == PacketQueue.batchSize
            if !wasFull { return }
        }
    }

    mutating func answerBatch(at now: Instant) throws(HostError) {
        Daemon.decide(&queue, &keeper, at: now)
        // What takes a right away has to be on file before anybody acts on it (R12); all else comes after the verdicts.
        let comesFirst = keeper.events.contains(where: \.takesAway)
        if comesFirst { leases.append(keeper.events, doors: configuration.rules.doors) }
        try queue.send()
        guard !keeper.events.isEmpty || keeper.sawMarked else { return }
        if !comesFirst { leases.append(keeper.events, doors: configuration.rules.doors) }
        tellEvents(at: now)
        sayAlreadyMarked()
    }

    private static func decide(_ queue: inout PacketQueue, _ keeper: inout Doorkeeper, at now: Instant) {
        queue.read(at: now.nanoseconds) { packet, bytes in keeper.sight(packet, bytes) }
        keeper.lookAhead()
        queue.answer { packet in keeper.answer(packet, at: now) }
    }

    /// Logs the events that are on file by now.
    mutating func tellEvents(at now: Instant) {
        guard !keeper.events.isEmpty else { return }
        log.tell(keeper.events, doors: configuration.rules.doors, at: now)
        keeper.events.removeAll(keepingCapacity: true)
        if tidyDue == nil { tidyDue = now.advanced(by: .seconds(1)) }
    }

    private mutating func sayAlreadyMarked() {
        guard keeper.sawMarked, !saidAlreadyMarked else { return }
        saidAlreadyMarked = true
        Console.say(
            .error,
            """
            packets come back with the gate's mark already set, and are dropped: the rule lacks its mark match; put \
            it in as `knockgate rule` prints it
            """)
    }

    /// Puts a lease's change on file and into the log, as a packet's would be.
    mutating func keepAndTellEvents(at now: Instant) {
        leases.append(keeper.events, doors: configuration.rules.doors)
        tellEvents(at: now)
    }
}

extension Event {
    /// Whether it takes a right away from its source.
    fileprivate var takesAway: Bool {
        switch change {
        case .connected, .closed(.knocked), .closed(.asked): true
        case .closed(.timeIsUp), .opened, .knocked, .knockedToClose, .strayed, .refused: false
        }
    }
}
