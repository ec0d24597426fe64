/// Why a capture can't be read, or not to its end.
public enum CaptureError: Error, Equatable, CustomStringConvertible {
    /// There is no such file, or no right to read it.
    case cannotOpen(path: String, reason: String)
    /// The file is neither pcap nor pcapng, or its header is broken.
    case notACapture(path: String, reason: String)
    /// The frames are of a kind whose packets we don't know how to find; `name` is libpcap's for it.
    case unknownLink(path: String, name: String)
    /// The file ends in the middle of a packet, after so many whole ones. Its length is in bytes, nil for a pipe.
    case cut(path: String, packets: Int, length: Int?)
    /// The file makes no sense any more after so many packets.
    case damaged(path: String, packets: Int, reason: String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "can't open \(CaptureError.name(path)): \(reason)"
        case .notACapture(let path, let reason):
            "\(CaptureError.name(path)) is not a pcap or pcapng capture: \(reason)"
        case .unknownLink(let path, let name):
            "\(CaptureError.name(path)) was captured on a link of type \(name); understood are Ethernet, raw IP, Linux "
                + "cooked (v1 and v2) and loopback"
        case .cut(let path, let packets, let length):
            "\(CaptureError.name(path)) is cut off\(length.map { " at byte \($0)" } ?? ""), in the middle of packet "
                + "\(packets + 1); the \(packets) before it were read"
        case .damaged(let path, let packets, let reason):
            "\(CaptureError.name(path)) can't be read beyond packet \(packets): \(reason)"
        }
    }

    private static func name(_ path: String) -> String { path == "-" ? "the standard input" : path }
}
