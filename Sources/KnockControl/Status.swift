public import KnockCore

/// How things stand with the daemon: what `knockgate status` shows.
public struct Status: Equatable, Sendable {
    /// The daemon's version.
    public var version: String
    /// The daemon's process.
    public var pid: Int32
    /// How long the daemon has been running.
    public var uptime: Duration
    public var queue: Queue
    public var verdicts: Verdicts
    /// Packets that couldn't be read (R1); they stand among the dropped ones too.
    public var malformed: UInt64
    /// Whether a packet came with the gate's mark already set: the rule lacks its mark match.
    public var unmarkedRule: Bool
    /// The doors in the order of the configuration.
    public var doors: [Door]
    /// The bit of a packet's mark by which the daemon goes; nil where it is too old to tell.
    public var mark: UInt32?

    public init(
        version: String = knockgateVersion, pid: Int32, uptime: Duration, queue: Queue, verdicts: Verdicts,
        malformed: UInt64, unmarkedRule: Bool, doors: [Door], mark: UInt32? = nil
    ) {
        (self.version, self.pid, self.uptime, self.queue) = (version, pid, uptime, queue)
        (self.verdicts, self.malformed, self.unmarkedRule) = (verdicts, malformed, unmarkedRule)
        (self.doors, self.mark) = (doors, mark)
    }

    /// The kernel's queue of packets that wait for a verdict.
    public struct Queue: Equatable, Sendable {
        /// The NFQUEUE number.
        public var number: UInt16
        /// Packets that wait at this moment.
        public var waiting: UInt64
        /// Packets that the kernel dropped, for the queue or the daemon's buffer was full.
        public var lost: UInt64
        /// Whether the daemon listens to the queue; if not, the gate is closed for everyone.
        public var bound: Bool

        public init(number: UInt16, waiting: UInt64, lost: UInt64, bound: Bool) {
            (self.number, self.waiting, self.lost, self.bound) = (number, waiting, lost, bound)
        }
    }

    /// How many packets were answered with each verdict.
    public struct Verdicts: Equatable, Sendable {
        public var accept: UInt64
        public var drop: UInt64
        public var next: UInt64

        public init(accept: UInt64, drop: UInt64, next: UInt64) {
            (self.accept, self.drop, self.next) = (accept, drop, next)
        }
    }

    /// One door, who may pass it, and who is knocking. The lists can be cut; the counts beside them never are.
    public struct Door: Equatable, Sendable {
        /// No more visits than this are listed for a door.
        public static let mostVisits = 100

        public var name: String
        public var protects: [Port]
        /// How many knocks open it.
        public var knocks: Int
        /// How often it was opened.
        public var opened: UInt64
        public var leases: [Lease]
        /// How many leases there are, listed or not.
        public var leaseCount: Int
        public var visits: [Visit]
        /// How many visits there are, listed or not.
        public var visitCount: Int

        public init(
            name: String, protects: [Port], knocks: Int, opened: UInt64, leases: [Lease] = [], leaseCount: Int? = nil,
            visits: [Visit] = [], visitCount: Int? = nil
        ) {
            (self.name, self.protects, self.knocks, self.opened) = (name, protects, knocks, opened)
            (self.leases, self.leaseCount) = (leases, leaseCount ?? leases.count)
            (self.visits, self.visitCount) = (visits, visitCount ?? visits.count)
        }
    }

    /// A source that may make new connections.
    public struct Lease: Equatable, Sendable {
        public var source: String
        /// How long from now the lease ends.
        public var remaining: Duration
        /// How many new connections it has admitted; counted at doors with a limit only.
        public var connections: Int
        /// How many it admits; nil for as many as one likes.
        public var limit: Int?

        public init(source: String, remaining: Duration, connections: Int, limit: Int?) {
            (self.source, self.remaining, self.connections, self.limit) = (source, remaining, connections, limit)
        }
    }

    /// A source on its way through a sequence.
    public struct Visit: Equatable, Sendable {
        public var source: String
        public var heard: Int
        public var of: Int
        /// How long from now the visit ends, unless its last knock comes.
        public var remaining: Duration
        /// Whether it is on its way through the closing sequence (R11).
        public var closing: Bool

        public init(source: String, heard: Int, of: Int, remaining: Duration, closing: Bool) {
            (self.source, self.heard, self.of, self.remaining) = (source, heard, of, remaining)
            self.closing = closing
        }
    }
}
