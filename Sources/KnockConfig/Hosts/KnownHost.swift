public import KnockCore

/// A host one knocks at, as hosts.conf tells of it.
public struct KnownHost: Equatable, Sendable {
    /// What one types to mean it: the name in `[host NAME]`.
    public let name: String

    /// Where it's found: a name to look up, or an address in numbers. Without one, its name.
    public var address: String

    /// The knocks that open its door.
    public var sequence: KnockSequence

    /// The knocks that close it early.
    public var closeSequence: KnockSequence?

    /// The pause between two knocks.
    public var delay: Duration = .zero

    /// The one family its address is looked up in; nil for either.
    public var family: Address.Family?

    /// The TCP port that answers once the door is open.
    public var verify: Port?

    public init(name: String, sequence: KnockSequence) {
        (self.name, address, self.sequence) = (name, name, sequence)
    }

    /// Whether a host can be named so: as ssh's configuration can name one, or by its address.
    public static func canBeNamed(_ name: some StringProtocol) -> Bool {
        isWord(name, beside: "._-:")
    }

    /// Whether a host can be looked for there; an address may have its zone: `fe80::1%eth0`.
    public static func canBeAddress(_ address: some StringProtocol) -> Bool {
        isWord(address, beside: "._-:%")
    }

    /// A name of DNS has at most 253 characters. None begins with a dash: it would be an option to every program.
    private static func isWord(_ text: some StringProtocol, beside marks: String) -> Bool {
        (1...253).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: marks.utf8.contains(byte)
                }
            }
    }
}
