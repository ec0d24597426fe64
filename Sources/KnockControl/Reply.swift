/// What the daemon answers to a `Request`.
///
/// The first line begins with what became of the request. Further lines of a message begin with `+ `, so that no text
/// can be taken for the last line, which is `end`:
///
///     bad knockgate.conf:12:14: a port is 1 to 65535, not "70000"
///     + knockgate.conf:15:1: unknown key "protect", perhaps "protects"
///     end
public enum Reply: Equatable, Sendable {
    /// It is done, and this is what was done.
    case done(String)
    /// It was understood, and the answer is no.
    case refused(String)
    /// It was no request, or one of another version.
    case bad(String)
    /// How things stand.
    case status(Status)

    /// No reply is longer than this many bytes: a reader can give up there. Enough for 20,000
    /// leases, as many visits, and 4,096 doors of 64 ports.
    public static let longest = 8 << 20

    /// The reply as it goes over the socket.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .done(let text): Reply.append("done", text, to: &bytes)
        case .refused(let text): Reply.append("refused", text, to: &bytes)
        case .bad(let text): Reply.append("bad", text, to: &bytes)
        case .status(let status): status.append(to: &bytes)
        }
        bytes += Reply.lastLine
        return bytes
    }

    /// Whether `bytes` end as a whole reply does: a reader needn't wait for more.
    public static func isWhole(_ bytes: [UInt8]) -> Bool {
        bytes.suffix(lastLine.count + 1).elementsEqual([UInt8(ascii: "\n")] + lastLine)
    }

    static let lastLine = Array("end\n".utf8)

    private static func append(_ outcome: String, _ text: String, to bytes: inout [UInt8]) {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            bytes += (index == 0 ? outcome : "+").utf8
            bytes.append(UInt8(ascii: " "))
            bytes += line
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}
