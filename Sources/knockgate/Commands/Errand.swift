import KnockClient
import KnockConfig
import KnockCore

/// What a client is sent for: at whom to knock, on which ports, and how.
struct Errand {
    var address: String
    var knocks: [Port]
    var delay: Duration = .zero
    var family: Address.Family?
    /// The TCP port that is to open.
    var port: UInt16?

    /// A host's that was called with its knocks.
    init(to address: String, knocks: [Port]) {
        (self.address, self.knocks) = (address, knocks)
    }

    /// A known host's.
    init(to host: KnownHost) {
        self.init(to: host.address, knocks: host.sequence.knocks)
        (delay, family, port) = (host.delay, host.family, host.verify?.number)
    }

    /// Looks the host up, once for all that follows.
    func destination() throws(KnockError) -> Destination { try Destination(address, family: family) }

    /// The way in to `port`.
    func entrance(to port: UInt16) throws(KnockError) -> Entrance {
        Entrance(to: try destination(), port: port, knocks: knocks, delay: delay)
    }
}
