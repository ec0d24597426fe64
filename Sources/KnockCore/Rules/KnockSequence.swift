/// The knocks that open (or close) a door, in their order: 1 to 16 of them.
///
/// A sequence is a secret, so it has no description.
public struct KnockSequence: Equatable, Sendable {
    /// More knocks than this make nothing safer: the ports are seen by whoever can watch.
    public static let longest = 16

    public let knocks: [Port]

    /// Answers nil for an empty sequence, one of more than 16 knocks, or one with port 0.
    public init?(_ knocks: [Port]) {
        guard (1...KnockSequence.longest).contains(knocks.count), knocks.allSatisfy({ $0.number != 0 }) else {
            return nil
        }
        self.knocks = knocks
    }

    public var count: Int { knocks.count }

    public subscript(index: Int) -> Port { knocks[index] }

    /// Whether this sequence begins with the whole of `other`.
    public func begins(with other: KnockSequence) -> Bool {
        knocks.starts(with: other.knocks)
    }
}
