extension Reply {
    /// Reads a whole reply.
    public init(bytes: [UInt8]) throws(ReplyError) {
        guard bytes.count <= Reply.longest else { throw .tooLong }
        guard Reply.isWhole(bytes) else { throw .cut }
        let lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let first = lines.first, lines.dropLast().allSatisfy({ !$0.elementsEqual("end".utf8) }) else {
            throw .badLine(String(decoding: Reply.lastLine.dropLast(), as: UTF8.self))
        }
        let parts = first.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count == 2 ? parts[1] : []
        switch shown(parts[0]) {
        case "done": self = .done(try Reply.message(rest, lines[1..<lines.count - 1]))
        case "refused": self = .refused(try Reply.message(rest, lines[1..<lines.count - 1]))
        case "bad": self = .bad(try Reply.message(rest, lines[1..<lines.count - 1]))
        case "status":
            guard rest.elementsEqual("1".utf8) else { throw .otherVersion(shown(rest)) }
            self = .status(try Status(lines: lines[1..<lines.count - 1]))
        default: throw .badLine(shown(first))
        }
    }

    private static func message(
        _ first: ArraySlice<UInt8>, _ more: ArraySlice<ArraySlice<UInt8>>
    ) throws(ReplyError) -> String {
        var bytes = Array(first)
        for line in more {
            guard line.starts(with: "+ ".utf8) else { throw .badLine(shown(line)) }
            bytes.append(UInt8(ascii: "\n"))
            bytes += line.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .badLine(shown(bytes)) }
        return text
    }
}

/// Why bytes aren't a reply, in words for whoever waits for it.
public enum ReplyError: Error, Equatable, Sendable, CustomStringConvertible {
    case cut
    case tooLong
    case otherVersion(String)
    case badLine(String)
    case missing(String)

    public var description: String {
        switch self {
        case .cut: "the daemon's answer breaks off"
        case .tooLong: "the daemon's answer is longer than \(Reply.longest) bytes"
        case .otherVersion(let version):
            "the daemon tells its status in version \"\(version)\", this program reads version 1"
        case .badLine(let line): "the daemon's answer can't be read at \"\(line.prefix(80))\""
        case .missing(let line): "the daemon's answer lacks its line \"\(line)\""
        }
    }
}
