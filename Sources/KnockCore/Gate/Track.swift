/// One sequence of one door, to be followed: the opening one, or the closing one. Every visit is on one track.
struct Track {
    enum Purpose {
        case open
        case close
    }

    let door: Int
    let purpose: Purpose
    let knocks: [Port]
    let timeout: Duration
    let tcpFlags: TCPFlagsFilter
    let targets: [Address]

    init(_ purpose: Purpose, _ sequence: KnockSequence, of door: Door, at index: Int) {
        self.door = index
        self.purpose = purpose
        knocks = sequence.knocks
        timeout = door.sequenceTimeout
        (tcpFlags, targets) = (door.tcpFlags, door.targets)
    }

    /// Whether a packet says anything to this track: UDP, or TCP with the right flags (R2), to the right address.
    func concerns(_ packet: Packet) -> Bool {
        switch packet.content {
        case .tcp(_, _, let flags) where !tcpFlags.matches(flags): false
        case .tcp, .udp: targets.isEmpty || targets.contains(packet.destination)
        case .other: false
        }
    }

    /// What a packet to `port` means to a visit that has heard the first `heard` knocks.
    func step(_ port: Port, after heard: Int) -> Step {
        if knocks[heard] == port { return .forward }
        // A SYN that got no answer is sent again, a user tries twice: what was heard once may be heard again (R7).
        return knocks[..<heard].contains(port) ? .repeated : .astray
    }

    enum Step {
        case forward
        case repeated
        case astray
    }
}

extension Rules {
    /// All tracks: each door's opening sequence and, behind it, its closing one.
    var tracks: [Track] {
        doors.enumerated().flatMap { index, door in
            [Track(.open, door.sequence, of: door, at: index)]
                + (door.closeSequence.map { [Track(.close, $0, of: door, at: index)] } ?? [])
        }
    }
}
