internal import KnockCore

extension Request {
    /// Reads a request, with or without its newline.
    public init(line: [UInt8]) throws(RequestError) {
        guard line.count <= Request.longestLine else { throw .tooLong }
        let text = line.last == UInt8(ascii: "\n") ? line.dropLast() : line[...]
        let words = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let greeting = words.first, greeting.starts(with: "knockgate/".utf8) else { throw .notARequest }
        guard greeting.elementsEqual(ControlSocket.greeting.utf8) else {
            throw .otherVersion(shown(greeting.dropFirst("knockgate/".utf8.count)))
        }
        guard words.count > 1 else { throw .unknownRequest("") }
        self = try Request.read(shown(words[1]), words.dropFirst(2))
    }

    private static func read(_ verb: String, _ words: ArraySlice<ArraySlice<UInt8>>) throws(RequestError) -> Request {
        switch verb {
        case "status" where words.isEmpty: return .status
        case "reload" where words.isEmpty: return .reload
        case "close" where words.count == 2:
            return .close(door: try door(words[2]), source: try address(words[3]))
        case "open" where (2...3).contains(words.count):
            let duration = words.count == 3 ? try duration(words[4]) : nil
            return .open(door: try door(words[2]), source: try address(words[3]), duration: duration)
        case "status", "reload", "close", "open": throw .wrongWordCount(verb)
        default: throw .unknownRequest(verb)
        }
    }

    private static func door(_ word: ArraySlice<UInt8>) throws(RequestError) -> String {
        // What can't name a door in a configuration isn't let in, so that nobody writes lines of their own into the log.
        guard let name = Word.text(word), Door.canBeNamed(name) else { throw .badDoor(shown(word)) }
        return name
    }

    private static func address(_ word: ArraySlice<UInt8>) throws(RequestError) -> Address {
        guard let address = Address(shown(word)) else { throw .badAddress(shown(word)) }
        return address
    }

    private static func duration(_ word: ArraySlice<UInt8>) throws(RequestError) -> Duration {
        guard word.last == UInt8(ascii: "s"), let duration = Seconds.duration(word.dropLast()), duration > .zero
        else { throw .badDuration(shown(word)) }
        return duration
    }
}

/// Why a line isn't a request, in words for whoever sent it.
public enum RequestError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong
    case notARequest
    case otherVersion(String)
    case unknownRequest(String)
    case wrongWordCount(String)
    case badDoor(String)
    case badAddress(String)
    case badDuration(String)

    public var description: String {
        switch self {
        case .tooLong: "a request has at most \(Request.longestLine) bytes"
        case .notARequest: "not a request: it begins with \"\(ControlSocket.greeting)\""
        case .otherVersion(let version): "other protocol version: \"\(version)\", this daemon speaks version 1"
        case .unknownRequest(let verb): "unknown request: \"\(verb)\" is not status, open, close or reload"
        case .wrongWordCount("open"): "open wants a door, an address, and a duration if you like"
        case .wrongWordCount("close"): "close wants a door and an address"
        case .wrongWordCount(let verb): "\(verb) stands alone"
        case .badDoor(let word): "not a door's name: \"\(word)\""
        case .badAddress(let word): "not an address: \"\(word)\""
        case .badDuration(let word): "not a duration: \"\(word)\", it is written in seconds, as in 300s"
        }
    }
}

/// Bytes of a stranger as they may be shown: printable ASCII, all else as `?`.
func shown(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
}
