/// A packet that waits in the kernel's queue, as its netlink message tells of it.
public struct QueuedPacket: Equatable, Sendable {
    /// The kernel's number for it, to be named in the answer.
    public let id: UInt32
    /// Its mark (SO_MARK), as the rules before ours left it.
    public let mark: UInt32
    /// Where the IP packet stands in the message; nil when the message holds none.
    public let payload: Range<Int>?
    /// How long the packet is, before it was cut to the copy range.
    public let length: Int

    public init(id: UInt32, mark: UInt32, payload: Range<Int>?, length: Int) {
        (self.id, self.mark, self.payload, self.length) = (id, mark, payload, length)
    }
}

/// What a datagram from the queue's socket holds.
package enum QueueMessage: Equatable {
    case packet(QueuedPacket)
    /// An answer to something we sent: 0, or an errno (NLMSG_ERROR).
    case acknowledgement(Int32)
    /// Nothing that can be read; nothing could be answered.
    case unreadable

    /// Reads a netlink message (RFC 3549, section 2.2; nfnetlink_queue.h).
    ///
    ///     │ nlmsghdr: length·4 type·2 flags·2 sequence·4 port·4 │ nfgenmsg: family version queue·2 │ attributes …
    ///     attribute: │ length·2 type·2 │ value │ padding to 4 │
    package init(reading bytes: Span<UInt8>) {
        guard let length = bytes.native32(at: 0), let type = bytes.native16(at: 4), length >= 16,
            length <= bytes.count
        else {
            self = .unreadable
            return
        }
        switch type {
        case 2:  // NLMSG_ERROR: a negative errno.
            self = bytes.native32(at: 16).map { .acknowledgement(0 &- Int32(truncatingIfNeeded: $0)) } ?? .unreadable
        case 3 << 8 | 0:  // NFNL_SUBSYS_QUEUE, NFQNL_MSG_PACKET.
            self = QueuedPacket(attributes: bytes, from: 20, to: Int(length)).map(Self.packet) ?? .unreadable
        default:
            self = .unreadable
        }
    }
}

extension QueuedPacket {
    /// Reads the attributes (enum nfqnl_attr_type) of a packet message; nil when they don't name the packet.
    fileprivate init?(attributes bytes: Span<UInt8>, from start: Int, to end: Int) {
        var id: UInt32?
        var mark: UInt32 = 0
        var payload: Range<Int>?
        var length: UInt32?
        var offset = start
        while let size = bytes.native16(at: offset), let type = bytes.native16(at: offset + 2) {
            let (value, next) = (offset + 4, offset + Int(size))
            guard next >= value, next <= end else { break }
            switch type & 0x3FFF {
            case 1: id = bytes.network32(at: value, before: next)  // NFQA_PACKET_HDR
            case 3: mark = bytes.network32(at: value, before: next) ?? 0  // NFQA_MARK
            case 10: payload = value..<next  // NFQA_PAYLOAD
            case 13: length = bytes.network32(at: value, before: next)  // NFQA_CAP_LEN
            default: break
            }
            offset = (next + 3) & ~3
        }
        guard let id else { return nil }
        self.init(id: id, mark: mark, payload: payload, length: length.map(Int.init) ?? payload?.count ?? 0)
    }
}

/// Numbers in messages: netlink's own in the machine's order, netfilter's in network order.
extension Span<UInt8> {
    fileprivate func native16(at offset: Int) -> UInt16? {
        guard offset >= 0, offset + 2 <= count else { return nil }
        return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)  // Any two bytes are a number.
    }

    fileprivate func native32(at offset: Int) -> UInt32? {
        guard offset >= 0, offset + 4 <= count else { return nil }
        return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)  // Any four bytes are, too.
    }

    fileprivate func network32(at offset: Int, before end: Int) -> UInt32? {
        guard offset + 4 <= end else { return nil }
        return native32(at: offset).map(UInt32.init(bigEndian:))
    }
}
