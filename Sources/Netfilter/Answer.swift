/// What becomes of a queued packet.
public enum Answer: Equatable, Sendable {
    /// Let it in (NF_ACCEPT).
    case accept
    /// Throw it away (NF_DROP).
    case drop
    /// Let it walk the chain again from its beginning, with this mark (NF_REPEAT): a rule that looks at the mark passes
    /// over it then. Nil leaves the mark as it is, so that the packet comes to the queue anew.
    case again(mark: UInt32?)

    /// The number by which the kernel knows it (linux/netfilter.h).
    var number: Int32 {
        switch self {
        case .drop: 0
        case .accept: 1
        case .again: 4
        }
    }
}
