/// Capture files written by hand, byte for byte: pcap and pcapng in both byte orders, over every link we understand.
///
///     var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .ethernet(tags: []))
///     capture.append(knock.bytes, at: 1_700_000_000_000_000_000)
public struct ForgedCapture: Sendable {
    public enum Order: Sendable, CaseIterable {
        case little
        case big
    }

    public enum Resolution: Sendable, CaseIterable {
        case microseconds
        case nanoseconds
    }

    /// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html and draft-ietf-opsawg-pcapng-02.html.
    public enum Format: Sendable {
        case pcap(Resolution, Order)
        case pcapng(Resolution, Order)
    }

    public private(set) var bytes: [UInt8]
    private let format: Format
    private let link: ForgedLink
    private let order: Order

    public init(_ format: Format, over link: ForgedLink, snapLength: UInt32 = 262_144) {
        (self.format, self.link, bytes) = (format, link, [])
        switch format {
        case .pcap(let resolution, let order):
            self.order = order
            put(resolution == .nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4 as UInt32)
            put(2 as UInt16)  // Version 2.4.
            put(4 as UInt16)
            put(0 as UInt32)  // Once the time zone.
            put(0 as UInt32)  // Once the accuracy.
            put(snapLength)
            put(UInt32(link.number))
        case .pcapng(let resolution, let order):
            self.order = order
            putSection()
            putInterface(resolution, snapLength)
        }
    }

    /// Puts an IP packet into the capture, in a frame of its link; only the first `kept` bytes of the frame, if so wished.
    ///
    /// - Parameter time: in nanoseconds since 1970.
    public mutating func append(_ packet: [UInt8], at time: Int64, kept: Int? = nil) {
        append(frame: link.frame(around: packet), at: time, kept: kept)
    }

    /// Puts a whole frame into the capture, whatever it holds.
    public mutating func append(frame: [UInt8], at time: Int64, kept: Int? = nil) {
        let captured = Array(frame.prefix(kept ?? frame.count))
        switch format {
        case .pcap(let resolution, _):
            let fraction = UInt32(time % 1_000_000_000)
            put(UInt32(time / 1_000_000_000))
            put(resolution == .nanoseconds ? fraction : fraction / 1000)
            put(UInt32(captured.count))
            put(UInt32(frame.count))
            bytes += captured
        case .pcapng(let resolution, _):
            putPacket(captured, UInt32(frame.count), UInt64(resolution == .nanoseconds ? time : time / 1000))
        }
    }

    private mutating func put(_ number: some FixedWidthInteger) {
        bytes += order == .big ? number.bigEndianBytes : number.bigEndianBytes.reversed()
    }
}

// MARK: - The blocks of pcapng: each has its length at both ends

extension ForgedCapture {
    private mutating func putSection() {
        put(0x0A0D_0D0A as UInt32)
        put(28 as UInt32)
        put(0x1A2B_3C4D as UInt32)
        put(1 as UInt16)  // Version 1.0.
        put(0 as UInt16)
        put(UInt64.max)  // The section's length isn't said.
        put(28 as UInt32)
    }

    private mutating func putInterface(_ resolution: Resolution, _ snapLength: UInt32) {
        put(1 as UInt32)
        put(32 as UInt32)
        put(link.number)
        put(0 as UInt16)
        put(snapLength)
        put(9 as UInt16)  // if_tsresol: a power of ten.
        put(1 as UInt16)
        bytes += [resolution == .nanoseconds ? 9 : 6, 0, 0, 0]
        put(0 as UInt32)  // No more options.
        put(32 as UInt32)
    }

    private mutating func putPacket(_ captured: [UInt8], _ length: UInt32, _ time: UInt64) {
        let padding = (4 - captured.count % 4) % 4
        let blockLength = UInt32(32 + captured.count + padding)
        put(6 as UInt32)
        put(blockLength)
        put(0 as UInt32)  // The first interface.
        put(UInt32(time >> 32))
        put(UInt32(truncatingIfNeeded: time))
        put(UInt32(captured.count))
        put(length)
        bytes += captured + Array(repeating: 0, count: padding)
        put(blockLength)
    }
}

/// A link that packets are captured on, and the header it puts in front of each.
public enum ForgedLink: Sendable, Equatable {
    /// With these VLAN tag types behind the addresses: 0x8100, 0x88A8, 0x9100.
    case ethernet(tags: [UInt16])
    /// `tcpdump -i any`, as of old and of now.
    case cooked
    case cookedVersion2
    /// BSD loopback, in the byte order of the system that captured; and OpenBSD's, in network order.
    case null(ForgedCapture.Order)
    case loop
    case raw
    case ipv4
    case ipv6
    /// A link of this type number, without a header.
    case other(UInt16)

    /// The link type's number in the file: https://www.tcpdump.org/linktypes.html.
    var number: UInt16 {
        switch self {
        case .ethernet: 1
        case .cooked: 113
        case .cookedVersion2: 276
        case .null: 0
        case .loop: 108
        case .raw: 101
        case .ipv4: 228
        case .ipv6: 229
        case .other(let number): number
        }
    }

    /// The frame that carries an IP packet, which is of the version its first byte says.
    public func frame(around packet: [UInt8]) -> [UInt8] {
        header(isIPv6: packet.first.map { $0 >> 4 == 6 } ?? false) + packet
    }

    /// The bytes in front of an IP packet.
    public func header(isIPv6: Bool) -> [UInt8] {
        let type = UInt16(isIPv6 ? 0x86DD : 0x0800).bigEndianBytes
        switch self {
        case .ethernet(let tags):
            let addresses: [UInt8] = [2, 0, 0, 0, 0, 1] + [2, 0, 0, 0, 0, 2]
            return addresses + tags.flatMap { $0.bigEndianBytes + [0x20, 0x05] } + type
        case .cooked: return [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0] + type
        case .cookedVersion2: return type + [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0]
        case .null(.little): return [isIPv6 ? 30 : 2, 0, 0, 0]
        case .null(.big), .loop: return [0, 0, 0, isIPv6 ? 24 : 2]
        case .raw, .ipv4, .ipv6, .other: return []
        }
    }
}
