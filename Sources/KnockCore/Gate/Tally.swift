/// How many packets were judged, and how.
public struct Tally: Equatable, Sendable {
    public private(set) var accepted: UInt64 = 0
    public private(set) var dropped: UInt64 = 0
    /// Packets left to the rest of the firewall.
    public private(set) var passedOn: UInt64 = 0
    /// Packets that couldn't be read (R1); they were dropped and stand among the dropped ones too.
    public private(set) var malformed: UInt64 = 0

    public init() {}

    mutating func count(_ verdict: Verdict) {
        switch verdict {
        case .accept: accepted &+= 1
        case .drop: dropped &+= 1
        case .next: passedOn &+= 1
        }
    }

    mutating func countMalformed() { malformed &+= 1 }
}
