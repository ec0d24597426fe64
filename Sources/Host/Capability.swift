internal import CHost

/// What this process may do (capabilities(7)).
public enum Capability {
    /// Whether it may steer the network: what binding a queue and giving verdicts takes.
    public static var administersNetwork: Bool { host_may_administer_network() }
}
