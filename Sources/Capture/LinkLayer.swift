import CPcap

/// What stands in front of the IP packet in each frame of a capture.
///
///     Ethernet │ to 6 │ from 6 │ [tag type 2, tag 2]… │ type 2 │ IP
///     cooked   │ v1: 14 bytes, type 2 │ IP        v2: type 2, 18 bytes │ IP
///     loopback │ family 4, in either byte order │ IP
///     raw      │ IP
///
/// The numbers are from https://www.tcpdump.org/linktypes.html; libpcap's DLT_ values are the same but for raw IP, which
/// is 12 or 14 by system, and 101 in files.
enum LinkLayer: Equatable {
    case ethernet
    case cooked
    case cookedVersion2
    case loopback
    /// Bare IP packets: of the named version, or of any.
    case raw(version: UInt8?)

    /// Nil for a link that we can't strip.
    init?(_ number: Int32) {
        switch number {
        case DLT_EN10MB: self = .ethernet
        case DLT_LINUX_SLL: self = .cooked
        case DLT_LINUX_SLL2: self = .cookedVersion2
        case DLT_NULL, DLT_LOOP: self = .loopback
        case 12, 14, 101: self = .raw(version: nil)
        case DLT_IPV4: self = .raw(version: 4)
        case DLT_IPV6: self = .raw(version: 6)
        default: return nil
        }
    }

    /// libpcap's name for a link type, such as `IEEE802_11` (`pcap_datalink_val_to_name`); its number when there's none.
    static func name(of number: Int32) -> String {
        // SAFETY: the answer is nil or a string that lives for ever.
        unsafe pcap_datalink_val_to_name(number).map { unsafe String(cString: $0) } ?? "\(number)"
    }

    /// Where the IP packet begins in a frame; nil when there is none.
    ///
    /// The version in the IP header has to be what the frame's type says, for the kernel wouldn't read it otherwise.
    func startOfPacket(in frame: Span<UInt8>) -> Int? {
        switch self {
        case .ethernet: LinkLayer.packet(behindType: 12, headerEnd: 14, in: frame)
        case .cooked: LinkLayer.packet(behindType: 14, headerEnd: 16, in: frame)
        case .cookedVersion2: LinkLayer.packet(behindType: 0, headerEnd: 20, in: frame)
        case .loopback: LinkLayer.packet(behindFamilyIn: frame)
        case .raw(let version): LinkLayer.packet(at: 0, version: version, in: frame)
        }
    }

    /// More tags than this are a mistake or an attack.
    private static let mostTags = 4

    private static func packet(behindType offset: Int, headerEnd: Int, in frame: Span<UInt8>) -> Int? {
        var (typeOffset, headerEnd) = (offset, headerEnd)
        for _ in 0...mostTags {
            guard typeOffset + 2 <= frame.count else { return nil }
            switch UInt16(frame[typeOffset]) << 8 | UInt16(frame[typeOffset + 1]) {
            case 0x0800: return packet(at: headerEnd, version: 4, in: frame)
            case 0x86DD: return packet(at: headerEnd, version: 6, in: frame)
            case 0x8100, 0x88A8, 0x9100:  // IEEE 802.1Q and 802.1ad, and what came before it.
                (typeOffset, headerEnd) = (headerEnd + 2, headerEnd + 4)
            default: return nil
            }
        }
        return nil
    }

    /// The families are numbered as on the system that captured, in its byte order: AF_INET is 2 everywhere; AF_INET6 10
    /// on Linux, 23 on Windows, 24, 28 and 30 on the BSDs and macOS.
    private static func packet(behindFamilyIn frame: Span<UInt8>) -> Int? {
        guard frame.count >= 4 else { return nil }
        let family = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(frame[$1]) }
        switch family <= 0xFF ? family : family.byteSwapped {
        case 2: return packet(at: 4, version: 4, in: frame)
        case 10, 23, 24, 28, 30: return packet(at: 4, version: 6, in: frame)
        default: return nil
        }
    }

    private static func packet(at offset: Int, version: UInt8?, in frame: Span<UInt8>) -> Int? {
        guard offset < frame.count else { return nil }
        return version == nil || frame[offset] >> 4 == version ? offset : nil
    }
}
