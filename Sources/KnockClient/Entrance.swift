public import KnockCore

/// A port behind a door, and how to get in there: by its knocks, and a connection as soon as they are made.
///
/// Packets get lost, and overtake each other on long ways. So there are three rounds of knocks, each with more of a pause
/// between them than the last. What a round that failed has left of a visit is no matter: its knocks are repeats to the
/// next, or nothing (R5 to R8), and to try the port never disturbs a visit (R3).
public struct Entrance: Sendable {
    /// What is done on the way in, told just before it's done.
    public enum Step: Equatable, Sendable {
        case knocks(Port)
        /// Tries to connect.
        case tries(Port)
        /// Begins another round, with this pause between the knocks.
        case again(pause: Duration)
    }

    public let destination: Destination
    public let port: UInt16
    private let knocks: [Port]
    /// The pause between the knocks of each round.
    private let pauses: [Duration]

    /// - Parameter delay: the pause between the knocks of the first round; the others have 50 and 250 ms at least.
    public init(to destination: Destination, port: UInt16, knocks: [Port], delay: Duration = .zero) {
        (self.destination, self.port, self.knocks) = (destination, port, knocks)
        pauses = [delay, max(delay, .milliseconds(50)), max(delay, .milliseconds(250))]
    }

    /// How the port is shown: `203.0.113.5:22`.
    public var endpoint: String { destination.endpoint(.tcp(port)) }

    /// How long a port may take to answer.
    public struct Patience: Sendable {
        /// Before the first knock; nil to knock without having tried.
        let first: Duration?
        let round: Duration
        let last: Duration

        /// To see whether a door opens. The kernel sends a SYN that got no answer again after a second.
        public static let verifying = Patience(first: nil, round: .milliseconds(1300), last: .milliseconds(1300))

        /// To get in. What is open has answered within 300 ms even from far away; what answers later still counts, for
        /// the first attempt goes on while it knocks. At the end the kernel sends its SYNs once or twice more.
        public static let connecting = Patience(
            first: .milliseconds(300), round: .milliseconds(1300), last: .seconds(5))
    }

    /// Connects, knocking until the port is open.
    ///
    /// - Parameter before: called with each step just before it's taken.
    public func enter(_ patience: Patience, before: (Step) -> Void = { _ in }) throws(KnockError) -> Connection {
        var attempts = Attempts(to: destination.address, port: port)
        if let first = patience.first {
            try begin(&attempts, before)
            if let connection = attempts.connection(within: first) { return connection }
        }
        for (round, pause) in pauses.enumerated() {
            if round > 0 { before(.again(pause: pause)) }
            if let connection = try knock(pause, &attempts, before) { return connection }
            try begin(&attempts, before)
            let time = round == pauses.count - 1 ? patience.last : patience.round
            if let connection = attempts.connection(within: time) { return connection }
        }
        throw .closed(endpoint, rounds: pauses.count, reason: attempts.reason)
    }

    /// Knocks once round; an attempt that gets through meanwhile makes the rest needless.
    private func knock(
        _ pause: Duration, _ attempts: inout Attempts, _ before: (Step) -> Void
    ) throws(KnockError) -> Connection? {
        for (index, knock) in knocks.enumerated() {
            if index > 0, pause > .zero {
                let end = ContinuousClock.now + pause
                if let connection = attempts.connection(within: pause) { return connection }
                KnockClient.pause(end - .now)  // All may have been refused before.
            }
            before(.knocks(knock))
            try destination.knock(knock)
        }
        return nil
    }

    private func begin(_ attempts: inout Attempts, _ before: (Step) -> Void) throws(KnockError) {
        before(.tries(.tcp(port)))
        do { try attempts.begin() } catch {
            throw .unconnected(to: endpoint, reason: errorText(error.number))
        }
    }
}
