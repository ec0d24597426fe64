import ArgumentParser
import KnockConfig

/// Where the hosts stand that one knocks at; for every command that knows them by name.
struct HostsOption: ParsableArguments {
    @Option(
        name: .customLong("hosts"),
        help: ArgumentHelp("The hosts one knocks at (default: ~/.config/knockgate/hosts.conf).", valueName: "path"),
        completion: .file(extensions: ["conf"]))
    private var given: String?

    /// The file that is read; nil where there's no home to look in.
    var path: String? { given ?? HostNames.usualPath }

    /// The host that `find` finds among those known.
    ///
    /// - Parameter word: how the host was called, for whoever has to be told that it isn't known.
    func host(_ word: String, _ find: (KnownHosts) -> KnownHost?) throws(Failure) -> KnownHost {
        guard let path else {
            throw Failure(.no, "no home to look for hosts.conf in: set HOME, or name the file with --hosts")
        }
        let known = KnownHosts.load(path)
        guard !known.holdsError else {
            throw Failure(.no, known.diagnostics.map(\.description).joined(separator: "\n"))
        }
        guard let host = find(known) else { throw Failure(.no, HostsOption.unknown(word, among: known, path)) }
        return host
    }

    /// What to do about a host that isn't known.
    private static func unknown(_ word: String, among known: KnownHosts, _ path: String) -> String {
        let start = "no host \"\(word.printable)\" in \(path)\(known.isAbsent ? ", which isn't there" : "")"
        if let near = known.nearestName(to: word) { return "\(start): did you mean \"\(near)\"?" }
        let name = KnownHost.canBeNamed(word) ? word : "NAME"
        return """
            \(start): give the knocks behind it, or write a section like this there (chmod 600)
                [host \(name)]
                sequence = 2222/udp 3333/tcp 4444/udp
            """
    }
}
