/// Somebody who knocks, connects and closes at random while the daemon dies again and again, and who knows at every moment
/// the most that the gate may allow, and the least that it must.
import Glibc
import KnockCore
import PacketForge
import Synchronization

@testable import KnockDaemon

final class Guest: Sendable {
    /// How the guest's door is set.
    static let connections = 2
    static let openFor: Int64 = 1_000_000_000
    static let knocks: [Port] = [.tcp(3111), .tcp(1111), .tcp(2111)]
    static let closingKnocks: [Port] = [.tcp(6111), .tcp(4111), .tcp(5111)]

    /// What the rules leave this guest.
    private struct Rights {
        /// No connection that begins later may be accepted.
        var latest: Int64 = 0
        /// How many connections may still be accepted.
        var left = 0
        /// A lease that the guest holds for certain: since when, until when, and for how many connections more.
        var sure: (since: Int64, until: Int64, left: Int)?
    }

    let visitor: Visitor
    private let ordeal: Ordeal
    private let rights = Mutex(Rights())

    init(_ visitor: Visitor, in ordeal: Ordeal) {
        (self.visitor, self.ordeal) = (visitor, ordeal)
    }

    /// The daemon's clock, in nanoseconds.
    static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Lives until the ordeal is over, on a thread of the visitor's machine.
    func live(_ random: consuming SplitMix64) throws {
        let moment = Moment(visitor: visitor)
        // A port that was counted is admitted without being counted (R10): as long as a lease may know it, it is kept.
        var kept: [(connection: Connection, since: Int64)] = []
        while !ordeal.isOver {
            kept.removeAll { $0.since < Guest.now - 4 * Guest.openFor }
            switch random.pick(0..<16) {
            case 0..<4: try knock(moment)
            case 4..<12: try kept.append((connect(moment), Guest.now))
            case 12: try closeByKnocks(moment)
            case 13: closeByHand()
            case 14: openByHand()
            default: usleep(random.pick([1000, 20_000, 300_000]))  // So that leases end by themselves, too.
            }
            usleep(random.pick([500, 2000, 5000]))
        }
    }

    // MARK: - What it does

    private func knock(_ moment: Moment) throws {
        let begun = expectOpening()
        guard try allRefused(moment, Guest.knocks) else { return }
        settle(begun: begun, lasting: Guest.openFor, isSure: true)
    }

    private func openByHand() {
        let begun = expectOpening()
        let reply = ordeal.stage.ask("open ssh \(visitor.address) 2s")
        settle(begun: begun, lasting: 2 * Guest.openFor, isSure: reply?.hasPrefix("done ") == true)
    }

    /// From now on until it's settled anything may be granted.
    private func expectOpening() -> Int64 {
        rights.withLock { $0 = Rights(latest: .max, left: Guest.connections) }
        return Guest.now
    }

    private func settle(begun: Int64, lasting: Int64, isSure: Bool) {
        let now = Guest.now
        let isWhole = isSure && !ordeal.wasKilled(in: begun...now)
        rights.withLock {
            // If what was granted before lives on, it ends no later: two seconds are the most that anybody is given.
            $0.latest = isWhole ? now + lasting : now + 2 * Guest.openFor
            $0.sure = isWhole ? (now, begun + lasting, Guest.connections) : nil
        }
    }

    private func connect(_ moment: Moment) throws -> Connection {
        let begun = Guest.now
        let connection = try moment.tries(.ssh, patience: .seconds(3))
        let ended = Guest.now
        rights.withLock { take(connection.answer, &$0, begun: begun, ended: ended) }
        ordeal.note { [duration = connection.duration] in $0.longestWait = max($0.longestWait, duration) }
        return connection
    }

    private func take(_ answer: Connection.Answer, _ rights: inout Rights, begun: Int64, ended: Int64) {
        switch answer {
        case .accepted:
            ordeal.note { $0.accepts += 1 }
            if begun >= rights.latest || rights.left == 0 { wrong("got in, with no right left: \(rights)") }
            rights.left = max(0, rights.left - 1)
            rights.sure?.left -= 1
        case .refused:
            guard let sure = rights.sure, sure.left > 0, ended < sure.until else { return }
            rights.sure = nil
            // After a crash at most the last second of changes is lost (R12).
            if ordeal.wasKilled(in: sure.since...sure.since + 1_000_000_000) {
                ordeal.note { $0.lostLately += 1 }
            } else {
                wrong("stood before a closed door with a lease: \(sure)")
            }
        case .silent: wrong("heard nothing for three seconds")
        }
    }

    private func closeByKnocks(_ moment: Moment) throws {
        rights.withLock { $0.sure = nil }
        let length = ordeal.logLength
        guard try allRefused(moment, Guest.closingKnocks) else { return }
        // The closing is on file before it is told of; untold, it may have been forgotten half-way.
        let line = "door ssh closed for \(visitor.address): it knocked to close\n"
        for _ in 0..<10 {
            if try ordeal.log(since: length).contains(line) { return rights.withLock { $0 = Rights() } }
            usleep(1000)
        }
    }

    private func closeByHand() {
        rights.withLock { $0.sure = nil }
        // Done, or nothing to be done; either way it's closed.
        if ordeal.stage.ask("close ssh \(visitor.address)") != nil { rights.withLock { $0 = Rights() } }
    }

    /// Knocks, and waits until each knock was judged.
    private func allRefused(_ moment: Moment, _ knocks: [Port]) throws -> Bool {
        for knock in knocks {
            let connection = try moment.tries(knock, patience: .seconds(3))
            ordeal.note { [duration = connection.duration] in $0.longestWait = max($0.longestWait, duration) }
            guard connection.answer == .refused else {
                wrong("knocked at \(knock), which was \(connection.answer)")
                return false
            }
        }
        return true
    }

    private func wrong(_ what: String) { ordeal.wrong("\(visitor.address) \(what)") }

    // MARK: - What is on file

    /// Compares what a dead daemon has left with what it may have granted.
    func compare(with book: LeaseBook, number: Int) {
        let now = Guest.now
        let rights = rights.withLock { $0 }
        let holder = LeaseBook.Holder(door: "ssh", source: "\(visitor.address)")
        guard let holding = book.leases[holder], holding.deadline > now else { return }
        if holding.deadline > min(rights.latest, now + 2 * Guest.openFor) {
            wrong("has a lease after kill \(number) that is too long: \(holding), \(rights)")
        }
        if holding.ports.count < Guest.connections - rights.left || holding.ports.count > Guest.connections {
            wrong("has a lease after kill \(number) that is worth too much: \(holding), \(rights)")
        }
    }
}
