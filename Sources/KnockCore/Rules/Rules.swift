/// Everything a gate needs to know to judge packets: its doors, and what holds for all of them.
public struct Rules: Equatable, Sendable {
    /// Each has a name of its own.
    public var doors: [Door] = []

    /// The verdict on packets to ports that no door protects (R4).
    public var otherwise: Verdict = .next

    /// The verdict on packets to a protected port from a source without a lease (R3): drop, or next.
    public var closed: Verdict = .drop

    /// Ports whose packets never end a visit (R8).
    public var ignore: Set<Port> = []

    /// Sources that every protected port admits without a knock (R3).
    public var allowFrom: [Network] = []

    /// How many leading bits of an IPv6 address make a source: 128 for single addresses, 64 for whole subnets.
    public var ipv6SourcePrefix = 128

    /// How many visits are followed at once (R15).
    public var visitCapacity = 65_536

    /// How many leases can be live at once (R15).
    public var leaseCapacity = 16_384

    public init() {}

    /// Where each door stands, by its name: thousands are looked up, not searched for, since packets wait meanwhile.
    public var doorPlaces: [String: Int] {
        Dictionary(doors.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }
}
