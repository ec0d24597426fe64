internal import CHost

/// What this process may do beyond what its user may (capabilities(7)).
public struct Capability: OptionSet, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Reading and writing files whatever their rights say (CAP_DAC_OVERRIDE).
    public static let overridingFileRights = Capability(rawValue: 1 << 1)
    /// Steering the network (CAP_NET_ADMIN): what binding a queue and giving verdicts takes.
    public static let administeringNetwork = Capability(rawValue: 1 << 12)

    /// What it may do at this moment.
    public static var effective: Capability { Capability(rawValue: host_capabilities(true)) }

    /// What it may do, or allow itself to do.
    public static var permitted: Capability { Capability(rawValue: host_capabilities(false)) }

    /// Gives up all but `kept`, of which only those in `used` can be used from now on; the others wait to be kept or given up.
    public static func keep(_ kept: Capability, using used: Capability) throws(HostError) {
        let (kept, used) = (kept.intersection(permitted), used.intersection(permitted))
        // Where there is nothing to give up, the call itself may be forbidden (SystemCallFilter= in systemd.exec(5)).
        guard kept != permitted || used != effective else { return }
        guard host_set_capabilities(kept.rawValue, used.rawValue) == 0 else {
            throw HostError("give up", "capabilities")
        }
    }

    /// Leaves none of them to whatever program this process might become.
    public static func bequeathNothing() { host_bequeath_nothing() }
}
