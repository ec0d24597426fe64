/// One way in for bytes from strangers: what reads them, and what has to hold whatever they are.
///
/// The fuzzer runs it on bytes that it makes up (Packaging/fuzz), the unit tests on all bytes that are kept in
/// Tests/Corpora. Beyond what is promised here, no bytes may make it trap.
public struct FuzzTarget: Sendable, CustomStringConvertible {
    /// What became of bytes: whether they were understood, or refused as a whole.
    public enum Outcome: Sendable {
        case understood
        case refused
    }

    /// By this it is called on a command line, and its folder in Tests/Corpora.
    public let name: String

    /// Longer inputs show nothing that shorter ones don't.
    public let longest: Int

    /// Where the code stands that it tries, from the top of the project.
    public let sources: [String]

    /// Reads the bytes; throws when a promise is broken.
    public let read: @Sendable ([UInt8]) throws(BrokenPromise) -> Outcome

    public var description: String { name }

    init(
        _ name: String, longest: Int, of sources: [String],
        read: @escaping @Sendable ([UInt8]) throws(BrokenPromise) -> Outcome
    ) {
        (self.name, self.longest, self.sources, self.read) = (name, longest, sources, read)
    }

    public static let all = [
        packet, decide, configuration, hosts, knockd, recent, netlink, request, reply, capture, leases,
    ]
}

/// Something that has to hold, and doesn't.
public struct BrokenPromise: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws unless the promise is kept.
func promise(_ isKept: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
    guard isKept else { throw BrokenPromise(promise()) }
}
