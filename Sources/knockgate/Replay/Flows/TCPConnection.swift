import KnockCore

/// How far a TCP connection has come, by the flags of both sides: the kernel's own table (nf_conntrack_proto_tcp.c).
///
/// The caller is who sent the first packet. A connection that is met in the middle begins with an ACK, and is taken as
/// established (nf_conntrack_tcp_loose).
struct TCPConnection {
    enum Stage {
        case called, bothCalled, answered, established, finished, waitingToClose, lastAcknowledgement, timeWait, closed
    }

    enum Step {
        case heard
        /// It is let pass, and changes nothing.
        case ignored
        case invalid
        /// A call after the end: another connection.
        case reopened
    }

    private var stage: Stage

    /// Nil for flags with which no connection begins.
    init?(beginningWith flags: TCPFlags) {
        switch Kind(flags) {
        case .syn: stage = .called
        case .ack: stage = .established
        case .synAck, .fin, .rst, nil: return nil
        }
    }

    mutating func hear(_ flags: TCPFlags, isAnswer: Bool) -> Step {
        guard let kind = Kind(flags) else { return .invalid }
        switch TCPConnection.next(after: stage, kind, isAnswer: isAnswer) {
        case .ignore: return .ignored
        case .invalid: return .invalid
        case .to(.called) where stage == .timeWait || stage == .closed: return .reopened
        case .to(let next):
            stage = next
            return .heard
        }
    }

    /// How long it may be silent from here.
    func patience(after flags: TCPFlags, isAnswered: Bool) -> Duration {
        switch stage {
        case .called, .bothCalled, .finished, .timeWait: .seconds(120)
        case .answered, .waitingToClose: .seconds(60)
        case .established: isAnswered ? .seconds(5 * 86_400) : .seconds(300)
        case .lastAcknowledgement: .seconds(30)
        case .closed: .seconds(10)
        }
    }

    /// What a segment is by its flags, the most weighty first.
    private enum Kind {
        case syn, synAck, fin, ack, rst

        /// Nil for flags that no stack sends together (`tcp_valid_flags`).
        init?(_ flags: TCPFlags) {
            switch flags.intersection([.syn, .ack, .fin, .rst, .urg]) {
            case .syn, [.syn, .urg]: self = .syn
            case [.syn, .ack]: self = .synAck
            case .rst, [.rst, .ack]: self = .rst
            case [.fin, .ack], [.fin, .ack, .urg]: self = .fin
            case .ack, [.ack, .urg]: self = .ack
            default: return nil
            }
        }
    }

    private enum Move {
        case to(Stage)
        case ignore
        case invalid
    }

    private static func next(after stage: Stage, _ kind: Kind, isAnswer: Bool) -> Move {
        switch kind {
        case .rst: .to(.closed)
        case .syn: isAnswer ? answeringSYN(stage) : callingSYN(stage)
        case .synAck: isAnswer ? answeringSYNACK(stage) : callingSYNACK(stage)
        case .fin: fin(stage)
        case .ack: ack(stage, isAnswer: isAnswer)
        }
    }

    private static func callingSYN(_ stage: Stage) -> Move {
        switch stage {
        case .called, .timeWait, .closed: .to(.called)
        case .bothCalled: .to(.bothCalled)
        default: .ignore
        }
    }

    private static func answeringSYN(_ stage: Stage) -> Move {
        switch stage {
        case .called, .bothCalled: .to(.bothCalled)
        case .timeWait: .to(.called)
        default: .invalid
        }
    }

    private static func callingSYNACK(_ stage: Stage) -> Move {
        stage == .answered || stage == .bothCalled ? .to(.answered) : .invalid
    }

    private static func answeringSYNACK(_ stage: Stage) -> Move {
        stage == .called || stage == .bothCalled ? .to(.answered) : .ignore
    }

    private static func fin(_ stage: Stage) -> Move {
        switch stage {
        case .called, .bothCalled: .invalid
        case .answered, .established: .to(.finished)
        case .finished, .waitingToClose, .lastAcknowledgement: .to(.lastAcknowledgement)
        case .timeWait, .closed: .to(stage)
        }
    }

    private static func ack(_ stage: Stage, isAnswer: Bool) -> Move {
        switch stage {
        case .called, .bothCalled: isAnswer ? .ignore : .invalid
        case .answered: .to(isAnswer ? .answered : .established)
        case .established: .to(.established)
        case .finished, .waitingToClose: .to(.waitingToClose)
        case .lastAcknowledgement, .timeWait: .to(.timeWait)
        case .closed: .to(.closed)
        }
    }
}
