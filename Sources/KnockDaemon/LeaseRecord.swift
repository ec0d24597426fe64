package import KnockCore

/// One line of the leases file: a change, as it happened.
///
///     knockgate leases 1                               what this file is
///     boot 5f0c8a52-…                                  whose clock the deadlines are on: the machine's boot id
///     open ssh 198.51.100.7 81230500000000             door, source, deadline in ns since boot
///     used ssh 198.51.100.7 50123                      a connection that counts (R10), by its source port
///     end ssh 198.51.100.7                             the lease ended before its time
///     sealed 81200500000000 1795253410000000000        the daemon left in order: since boot, and by the wall clock
package enum LeaseRecord: Equatable {
    case open(door: String, source: String, deadline: Int64)
    case used(door: String, source: String, port: UInt16)
    case end(door: String, source: String)
    case sealed(sinceBoot: Int64, wall: Int64)

    package static let heading = "knockgate leases 1"

    package init?(_ line: Substring) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        switch (words.first, words.count) {
        case ("open", 4):
            guard let deadline = Int64(words[3]) else { return nil }
            self = .open(door: words[1], source: words[2], deadline: deadline)
        case ("used", 4):
            guard let port = UInt16(words[3]) else { return nil }
            self = .used(door: words[1], source: words[2], port: port)
        case ("end", 3):
            self = .end(door: words[1], source: words[2])
        case ("sealed", 3):
            guard let sinceBoot = Int64(words[1]), let wall = Int64(words[2]) else { return nil }
            self = .sealed(sinceBoot: sinceBoot, wall: wall)
        default:
            return nil
        }
    }

    package var line: String {
        switch self {
        case .open(let door, let source, let deadline): "open \(door) \(source) \(deadline)\n"
        case .used(let door, let source, let port): "used \(door) \(source) \(port)\n"
        case .end(let door, let source): "end \(door) \(source)\n"
        case .sealed(let sinceBoot, let wall): "sealed \(sinceBoot) \(wall)\n"
        }
    }
}

extension LeaseRecord {
    /// The line that keeps `event`, if it is one to keep: a lease whose time was up isn't, its deadline says it all.
    init?(_ event: Event, door: String) {
        let source = event.source.description
        switch event.change {
        case .opened(let deadline): self = .open(door: door, source: source, deadline: deadline.nanoseconds)
        case .connected(let port, _, _): self = .used(door: door, source: source, port: port)
        case .closed(.knocked), .closed(.asked): self = .end(door: door, source: source)
        case .closed(.timeIsUp), .knocked, .knockedToClose, .strayed, .refused: return nil
        }
    }

    /// The lines that keep a lease as it stands.
    package static func records(of lease: Gate.LeaseReport, door: String) -> [LeaseRecord] {
        let source = lease.source.description
        return [.open(door: door, source: source, deadline: lease.deadline.nanoseconds)]
            + lease.acceptedPorts.map { .used(door: door, source: source, port: $0) }
    }
}
