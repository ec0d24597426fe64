import KnockConfig
import KnockControl
import KnockCore

/// Does the daemon run, does it have its queue, and does it go by the configuration that is there?
struct DaemonCheck {
    let facts: Facts
    /// Nil when it can't be read.
    let configuration: Configuration?

    var findings: [Finding] {
        switch facts.daemon {
        case .up(let status): running(status)
        case .down(let socket): [down(socket)] + holders
        case .unknown(let failure):
            [
                .wrong(
                    "could not ask the daemon: \(failure.description.printable)",
                    mending: [facts.isRoot ? "systemctl restart knockgate" : "sudo \(facts.again)"])
            ]
        }
    }

    private func down(_ socket: String) -> Finding {
        .wrong(
            "no daemon answers at \(socket.printable): every packet that the rule sends to the queue is dropped",
            mending: (facts.isGivenUp ? ["systemctl reset-failed knockgate"] : []) + ["systemctl start knockgate"])
    }

    // MARK: - A daemon that runs

    private func running(_ status: Status) -> [Finding] {
        (unbound(status) + outdated(status) + marked(status) + losses(status)).orFine(
            "knockgated \(status.version.printable) runs, bound to queue \(status.queue.number)")
    }

    private func unbound(_ status: Status) -> [Finding] {
        guard !status.queue.bound else { return [] }
        return [
            .wrong(
                "the daemon isn't bound to queue \(status.queue.number): every packet that the rule sends there is dropped",
                mending: ["systemctl restart knockgate"])
        ] + holders
    }

    private func outdated(_ status: Status) -> [Finding] {
        guard let configuration else { return [] }
        if let differing = differing(status, configuration) {
            // The rule has to change with it, and where its service has put it in, that can do it.
            let rule = facts.isRuleOfService ? ["systemctl restart knockgate-rule"] : []
            return [
                .wrong(
                    "the daemon has \(differing), which only a restart can change",
                    mending: ["systemctl restart knockgate"] + rule)
            ]
        }
        let (running, written) = (status.doors.map(Outline.init), configuration.rules.doors.map(Outline.init))
        guard running != written else { return [] }
        return [
            .hint(
                "the daemon's doors aren't those of the configuration, which has changed since it was read",
                mending: ["knockgate reload"])
        ]
    }

    /// What the daemon was started with, and its configuration says otherwise by now.
    private func differing(_ status: Status, _ configuration: Configuration) -> String? {
        if status.queue.number != configuration.queue {
            return "queue \(status.queue.number), its configuration says \(configuration.queue)"
        }
        guard let mark = status.mark, mark != configuration.mark else { return nil }
        let (running, written) = (String(mark, radix: 16), String(configuration.mark, radix: 16))
        return "mark 0x\(running), its configuration says 0x\(written)"
    }

    private func marked(_ status: Status) -> [Finding] {
        guard status.unmarkedRule else { return [] }
        return [
            .wrong(
                "packets came to the queue with the gate's own mark, and were dropped: the rule lacked its mark match, or "
                    + "another program sets this bit. Once that's mended, a restart forgets them",
                mending: ["systemctl restart knockgate"])
        ]
    }

    private func losses(_ status: Status) -> [Finding] {
        guard status.queue.lost > 0 else { return [] }
        return [
            .hint(
                "the kernel has dropped \(status.queue.lost.counted("packet")), for the queue was full: a larger "
                    + "queue_length holds more")
        ]
    }

    // MARK: - Somebody else at the queue

    /// Who holds the configured queue while our daemon doesn't.
    private var holders: [Finding] {
        guard let queue = configuration?.queue else { return [] }
        switch facts.queue {
        case .unbound: return []
        case .unknown:
            return [
                .wrong(
                    "could not see who is bound to queue \(queue)",
                    mending: facts.isRoot ? [] : ["sudo \(facts.again)"])
            ]
        case .bound(let owner):
            guard let process = owner.process else {
                return [
                    .hint(
                        "queue \(queue) stays bound, by no process of its own: systemd keeps it for the next daemon, and "
                            + "packets wait in it")
                ]
            }
            guard process != "knockgated" else {
                return [
                    .hint(
                        "queue \(queue) is bound by a knockgated that listens at another socket, process \(owner.port)",
                        mending: ["ps -fp \(owner.port)"])
                ]
            }
            return [
                .wrong(
                    "queue \(queue) is bound by process \(owner.port) (\(process.printable)): as long as it is, no knockgated "
                        + "can have it. End that program, or choose another number by queue = and in the rule",
                    mending: ["kill \(owner.port)"])
            ]
        }
    }

    /// What both the status and the configuration say of a door.
    fileprivate struct Outline: Equatable {
        let name: String
        let protects: [String]
        let knocks: Int
    }
}

extension DaemonCheck.Outline {
    fileprivate init(_ door: Status.Door) {
        self.init(name: door.name, protects: door.protects.map(\.description), knocks: door.knocks)
    }

    fileprivate init(_ door: Door) {
        self.init(name: door.name, protects: door.protects.map(\.description), knocks: door.sequence.count)
    }
}
