import ArgumentParser
import KnockCore

/// How to knock; for every command that does. What is said here counts more than what hosts.conf says.
struct KnockOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Say what is sent, where to and when.")
    var verbose = false

    @Flag(name: [.short, .customLong("udp")], help: "Knock with UDP where a knock doesn't say how (else TCP).")
    private var udp = false

    @Option(
        name: [.customShort("d", allowingJoined: true), .long],
        help: ArgumentHelp("Pause between the knocks, in milliseconds.", valueName: "ms"))
    private var delay: UInt32?

    @OptionGroup private var family: FamilyOptions

    @OptionGroup var hosts: HostsOption

    func ports(_ words: [KnockWord]) -> [Port] {
        words.map { Port($0.number, $0.transport ?? (udp ? .udp : .tcp)) }
    }

    /// The errand as the command line wants it done.
    func overriding(_ errand: Errand) -> Errand {
        var errand = errand
        if let delay { errand.delay = .milliseconds(delay) }
        errand.family = family.family(usual: errand.family)
        return errand
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
