/// Something that changed at a door for one source. It is told after the packet has its verdict, to the log, to `replay`,
/// to whoever listens; it never holds a knock, for sequences are secrets.
public struct Event: Equatable, Sendable {
    public enum Change: Equatable, Sendable {
        /// A knock of the opening sequence was heard: the `heard`th of `of` (R5, R6).
        case knocked(heard: Int, of: Int)
        /// A knock of the closing sequence was heard (R11).
        case knockedToClose(heard: Int, of: Int)
        /// Another packet came in between and ended the visit after `heard` knocks (R8).
        case strayed(heard: Int, of: Int)
        /// The sequence is complete, or someone asked for it: a lease began, or begins anew (R9).
        case opened(until: Instant)
        /// The lease admitted a new connection, the `used`th of `of` (R10).
        case connected(sourcePort: UInt16, used: Int, of: Int)
        /// The lease ended.
        case closed(Ending)
        /// The sequence is complete, but the table of leases is full (R15).
        case refused
    }

    /// Why a lease ended.
    public enum Ending: Equatable, Sendable {
        /// Its time is up (R9).
        case timeIsUp
        /// The closing sequence was knocked (R11).
        case knocked
        /// Someone asked for it: `knockgate close`.
        case asked
    }

    /// The door's place in `Rules.doors`.
    public let door: Int
    public let source: Source
    public let change: Change

    public init(door: Int, source: Source, _ change: Change) {
        (self.door, self.source, self.change) = (door, source, change)
    }
}
