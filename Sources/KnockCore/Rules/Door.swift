/// A name, the ports it protects, and the sequence that opens it.
public struct Door: Equatable, Sendable {
    public var name: String

    /// The ports that answer only to sources with a lease (R3). On every address of the machine, whatever `targets` says.
    public var protects: [Port]

    /// The knocks that open the door (R5 to R9).
    public var sequence: KnockSequence

    /// The knocks that end the lease early (R11).
    public var closeSequence: KnockSequence?

    /// How long a visit may take, from its first knock to its last.
    public var sequenceTimeout: Duration = .seconds(15)

    /// How long a lease lasts (R9).
    public var openFor: Duration = .seconds(30)

    /// How many new connections a lease admits (R10); nil for as many as one likes.
    public var connections: Int?

    /// Which TCP packets count as knocks here (R2).
    public var tcpFlags: TCPFlagsFilter = .syn

    /// Only packets to one of these addresses count as knocks here; to any address when empty.
    public var targets: [Address] = []

    public init(name: String, protects: [Port], sequence: KnockSequence) {
        (self.name, self.protects, self.sequence) = (name, protects, sequence)
    }

    /// Whether a door can be named so: 1 to 32 letters and digits of ASCII, `.`, `_` and `-`. A name stands in logs, in the
    /// state file and on the control socket, and means nothing else in any of them.
    public static func canBeNamed(_ name: some StringProtocol) -> Bool {
        (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// The most connections that a lease can be told to count: each is remembered by its port, in memory set aside.
    public static let mostConnections = 256
}
