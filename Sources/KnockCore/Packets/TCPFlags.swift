/// The control bits of a TCP header (RFC 9293, section 3.1).
public struct TCPFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let fin = TCPFlags(rawValue: 0x01)
    public static let syn = TCPFlags(rawValue: 0x02)
    public static let rst = TCPFlags(rawValue: 0x04)
    public static let psh = TCPFlags(rawValue: 0x08)
    public static let ack = TCPFlags(rawValue: 0x10)
    public static let urg = TCPFlags(rawValue: 0x20)

    /// Whether these are the flags of a connection's first packet: SYN without ACK, RST and FIN (R2).
    public var opensConnection: Bool { TCPFlagsFilter.syn.matches(self) }
}

/// Which TCP packets can be knocks for a door (R2): those with all flags of `set` and none of `clear`.
public struct TCPFlagsFilter: Hashable, Sendable {
    public let set: TCPFlags
    public let clear: TCPFlags

    public init(set: TCPFlags, clear: TCPFlags) {
        (self.set, self.clear) = (set, clear)
    }

    /// A connection's first packet, the way every client knocks.
    public static let syn = TCPFlagsFilter(set: .syn, clear: [.ack, .rst, .fin])

    @inline(__always)
    public func matches(_ flags: TCPFlags) -> Bool {
        flags.rawValue & (set.rawValue | clear.rawValue) == set.rawValue
    }
}
