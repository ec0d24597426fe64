import Glibc

/// The standard output, written in large pieces.
///
/// A reader that goes away, as in `knockgate replay … | head`, has had enough: from then on nothing is written, and
/// `isWanted` is false.
struct ReplayOutput: ~Copyable {
    private var waiting: [UInt8] = []
    private let descriptor: Int32

    /// Whether someone still reads.
    private(set) var isWanted = true

    /// Takes over the process's SIGPIPE, whose default is to end it in mid-sentence.
    init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
        waiting.reserveCapacity(ReplayOutput.pieceLength + 1024)
        signal(SIGPIPE, SIG_IGN)
    }

    private static let pieceLength = 65_536

    mutating func write(_ text: String) throws(ReplayOutputError) {
        waiting += text.utf8
        if waiting.count >= ReplayOutput.pieceLength { try flush() }
    }

    /// Writes what is waiting (`write`); throws when the disk is full and the like.
    mutating func flush() throws(ReplayOutputError) {
        if isWanted, !Output.write(waiting, to: descriptor) {
            guard errno == EPIPE else { throw ReplayOutputError(number: errno) }
            isWanted = false
        }
        waiting.removeAll(keepingCapacity: true)
    }
}

/// Why the output can't be written, by its errno.
struct ReplayOutputError: Error, CustomStringConvertible {
    let number: Int32

    var description: String { "can't write the answer: \(errorText(number))" }
}
