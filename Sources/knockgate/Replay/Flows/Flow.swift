import KnockCore

/// A conversation of two endpoints, as far as it has come.
///
/// The seconds are those that Linux begins with: nf_conntrack_*_timeout, in its documentation of nf_conntrack-sysctl.
struct Flow {
    enum Step {
        case goesOn
        /// It is over with this packet.
        case ends
        /// It was over, and the packet begins another.
        case beginsAnew
        /// The packet makes no sense in it.
        case isInvalid
    }

    /// Whether its first packet went forward, as its key has it.
    let isForward: Bool
    /// Whether the other side has said anything.
    private(set) var isAnswered = false
    /// The first moment at which it has been silent for too long.
    private(set) var deadline: Instant

    private let begun: Instant
    /// Nil unless it's TCP.
    private var connection: TCPConnection?

    /// Nil when nothing begins so.
    init?(beginningWith content: FlowSight.Content, isForward: Bool, at now: Instant) {
        (self.isForward, begun, deadline) = (isForward, now, now)
        switch content {
        case .answer: return nil
        case .tcp(let flags):
            guard let connection = TCPConnection(beginningWith: flags) else { return nil }
            self.connection = connection
        case .udp, .question, .other: break
        }
        deadline = now.advanced(by: patience(after: content, at: now))
    }

    /// Takes the next packet, which is either side's.
    mutating func hear(_ content: FlowSight.Content, isAnswer: Bool, at now: Instant) -> Step {
        if case .tcp(let flags) = content, var connection {
            switch connection.hear(flags, isAnswer: isAnswer) {
            case .invalid: return .isInvalid
            case .reopened: return .beginsAnew
            case .ignored:
                isAnswered = isAnswered || isAnswer
                return .goesOn  // The time it has left stays.
            case .heard: break
            }
            // Where all that's ever answered is a reset, there was no connection.
            if flags.contains(.rst), !isAnswered { return .ends }
            self.connection = connection
        }
        deadline = now.advanced(by: patience(after: content, at: now))
        isAnswered = isAnswered || isAnswer
        return .goesOn
    }

    /// How long it may be silent from here. A datagram counts for itself: those answered before.
    private func patience(after content: FlowSight.Content, at now: Instant) -> Duration {
        switch content {
        case .tcp(let flags): connection?.patience(after: flags, isAnswered: isAnswered) ?? .zero
        case .udp: isAnswered && begun.advanced(by: .seconds(2)) < now ? .seconds(120) : .seconds(30)
        case .question, .answer: .seconds(30)
        case .other: .seconds(600)
        }
    }
}
