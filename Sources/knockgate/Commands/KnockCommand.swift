import ArgumentParser
import KnockClient
import KnockConfig
import KnockCore

/// `knockgate knock`: the client, with the words of knockd's `knock`.
struct KnockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knock",
        abstract: "Knock at a host.",
        discussion: """
            Without a knock the host is one of hosts.conf, which tells its address and its knocks. Each knock is sent \
            once, in order: a TCP SYN, or a UDP datagram of one byte. It needs no root. Options and knocks are written \
            as for knockd's client; 3333/tcp works as well as 3333:tcp.

            Examples:
              knockgate knock bastion
              knockgate knock --verify bastion
              knockgate knock gate.example.org 2222:udp 3333 4444:udp
              knockgate knock -v -6 gate.example.org 1111 2222 3333
              knockgate knock -u -d 200 203.0.113.5 2222 3333/tcp 4444
            """)

    @OptionGroup var options: KnockOptions

    @Flag(help: "Knock the closing sequence of a host of hosts.conf.")
    var close = false

    @Flag(help: "See whether the door opens: connect to the port that hosts.conf names, and knock again if need be.")
    var verify = false

    @Option(
        help: ArgumentHelp("The same, at this TCP port.", valueName: "port"), transform: PortToVerify.init)
    var verifyPort: PortToVerify?

    @Argument(help: "The host's name or address.", completion: HostNames.completion)
    var host: String

    @Argument(
        help: ArgumentHelp("A port, as 3333, 3333:tcp or 2222/udp.", valueName: "knock"), transform: KnockWord.init)
    var knocks: [KnockWord] = []

    func validate() throws {
        guard close else { return }
        if !knocks.isEmpty {
            throw ValidationError("--close is for hosts of hosts.conf: without it, the knocks given here are made")
        }
        if verify || verifyPort != nil {
            throw ValidationError("--close and --verify don't go together: a door can be seen to open, not to close")
        }
    }

    func run() throws {
        let errand = options.overriding(try errand())
        guard verify || verifyPort != nil else { return try knock(errand) }
        guard let port = verifyPort?.number ?? errand.port else {
            throw Failure(
                .badUsage, "no port to verify: name it with --verify-port, or in hosts.conf as verify = 22/tcp")
        }
        try knock(errand, untilOpen: port)
    }

    private func errand() throws(Failure) -> Errand {
        if !knocks.isEmpty { return Errand(to: host, knocks: options.ports(knocks)) }
        let known = try options.hosts.host(host) { $0[host] }
        var errand = Errand(to: known)
        if close {
            guard let sequence = known.closeSequence else {
                throw Failure(.no, "host \(known.name) has no close_sequence in \(options.hosts.path ?? "hosts.conf")")
            }
            errand.knocks = sequence.knocks
        }
        return errand
    }

    private func knock(_ errand: Errand) throws(Failure) {
        do {
            let (steps, destination) = (Steps(), try errand.destination())
            try destination.knock(errand.knocks, delay: errand.delay) { port in
                // Whoever has stopped reading still wants in.
                if options.verbose { Output.offer(steps.knocks(port, at: destination)) }
            }
        } catch {
            throw Failure(.no, "\(error)")
        }
    }

    private func knock(_ errand: Errand, untilOpen port: UInt16) throws(Failure) {
        do {
            let (steps, entrance) = (Steps(), try errand.entrance(to: port))
            var longerPause: Duration?
            _ = try entrance.enter(.verifying) { step in
                if options.verbose { Output.offer(steps.line(step, at: entrance.destination)) }
                if case .again(let pause) = step { longerPause = pause }
            }
            // What it took is what to write into hosts.conf.
            let pause = longerPause.map { ", with \($0.milliseconds) between the knocks" } ?? ""
            Output.offer("\(entrance.endpoint) is open\(pause)")
        } catch {
            throw Failure(.no, "\(error)")
        }
    }
}

/// The port that is looked at to see whether a door is open.
struct PortToVerify {
    let number: UInt16

    /// Reads `22` or `22/tcp`; a connection is what shows that a port is open, and only TCP has it.
    init(_ text: String) throws {
        let word = try KnockWord(text)
        guard word.transport != .udp else {
            throw ValidationError("a port that answers is a TCP port, not \"\(text)\": one over UDP can't be verified")
        }
        number = word.number
    }
}
