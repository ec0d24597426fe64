import ArgumentParser
import KnockClient
import KnockCore

/// `knockgate knock`: the client, with the words of knockd's `knock`.
struct KnockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knock",
        abstract: "Knock at a host.",
        discussion: """
            Each knock is sent once, in order: a TCP SYN, or a UDP datagram of one byte. It needs no root. Options and \
            knocks are written as for knockd's client; 3333/tcp works as well as 3333:tcp.

            Examples:
              knockgate knock gate.example.org 2222:udp 3333 4444:udp
              knockgate knock -v -6 gate.example.org 1111 2222 3333
              knockgate knock -u -d 200 203.0.113.5 2222 3333/tcp 4444
            """)

    @Flag(name: [.short, .long], help: "Say what is sent.")
    var verbose = false

    @Flag(name: [.short, .customLong("udp")], help: "Knock with UDP where a knock doesn't say how (else TCP).")
    var udp = false

    @Option(
        name: [.customShort("d", allowingJoined: true), .long],
        help: ArgumentHelp("Pause between the knocks, in milliseconds.", valueName: "ms"))
    var delay: UInt32 = 0

    @Flag(help: "Look for an address of this family only.")
    var family: Family?

    @Argument(help: "The host's name or address.")
    var host: String

    @Argument(
        help: ArgumentHelp("A port, as 3333, 3333:tcp or 2222/udp.", valueName: "knock"), transform: KnockWord.init)
    var knocks: [KnockWord]

    func run() throws {
        do {
            let destination = try Destination(host, family: family?.family)
            let ports = knocks.map { Port($0.number, $0.transport ?? (udp ? .udp : .tcp)) }
            try destination.knock(ports, delay: .milliseconds(delay)) { port in
                // Whoever has stopped reading still wants in.
                if verbose { Output.offer("hitting \(port.transport) \(destination.endpoint(port))") }
            }
        } catch {
            throw Failure(.no, "\(error)")
        }
    }

    enum Family: EnumerableFlag {
        case ipv4, ipv6

        static func name(for value: Family) -> NameSpecification {
            value == .ipv4 ? [.customShort("4"), .long] : [.customShort("6"), .long]
        }

        var family: Address.Family { self == .ipv4 ? .ipv4 : .ipv6 }
    }
}

/// A knock as it is typed: a port, and how to knock there, if that is said.
struct KnockWord: Equatable, Sendable {
    let number: UInt16
    let transport: Transport?

    /// Reads `3333`, `3333:tcp` or `3333/tcp`.
    init(_ text: String) throws {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == ":" || $0 == "/" }
        guard parts[0].utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(parts[0]), number != 0 else {
            throw ValidationError("a port is 1 to 65535, not \"\(parts[0])\"")
        }
        let transport = parts.count == 1 ? nil : Transport.allCases.first { $0.description == parts[1].lowercased() }
        guard parts.count == 1 || transport != nil else {
            throw ValidationError("one knocks with tcp or udp, not \"\(parts[1])\"")
        }
        (self.number, self.transport) = (number, transport)
    }
}
