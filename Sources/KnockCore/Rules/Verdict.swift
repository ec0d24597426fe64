/// What becomes of a packet.
public enum Verdict: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    /// Let it in: the rest of the firewall isn't asked.
    case accept
    /// Throw it away without an answer.
    case drop
    /// Let the rest of the firewall decide, as if the gate weren't there.
    case next

    public var description: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .next: "next"
        }
    }
}
