public import KnockCore

/// What `knockgate` asks of the daemon: one line each.
///
///     knockgate/1 status
///     knockgate/1 open DOOR ADDRESS [SECONDSs]
///     knockgate/1 close DOOR ADDRESS
///     knockgate/1 reload
public enum Request: Equatable, Sendable {
    /// How things stand.
    case status
    /// Give `source` a lease at `door`, as if it had knocked; for the door's own `open_for` when no duration is named.
    case open(door: String, source: Address, duration: Duration?)
    /// End the lease of `source` at `door`.
    case close(door: String, source: Address)
    /// Read the configuration anew.
    case reload

    /// No request is longer than this many bytes, its newline among them: a reader can give up there.
    public static let longestLine = 512

    /// The request as it goes over the socket, with its newline. A door's name that none can have will be refused.
    public var line: [UInt8] {
        var line = Array(ControlSocket.greeting.utf8)
        switch self {
        case .status: line += " status".utf8
        case .reload: line += " reload".utf8
        case .close(let door, let source): append("close", door, source, to: &line)
        case .open(let door, let source, let duration):
            append("open", door, source, to: &line)
            if let duration {
                line.append(UInt8(ascii: " "))
                Seconds.append(duration, to: &line)
                line.append(UInt8(ascii: "s"))
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func append(_ verb: String, _ door: String, _ source: Address, to line: inout [UInt8]) {
        line += " \(verb) ".utf8
        Word.append(door, to: &line)
        line += " \(source)".utf8
    }
}
