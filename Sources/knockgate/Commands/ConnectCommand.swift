import ArgumentParser
import KnockClient
import KnockConfig
import KnockCore

/// `knockgate connect`: a way through the door for whoever speaks over two streams, ssh above all.
struct ConnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Knock at a host if need be, and join the standard streams to a port behind its door.",
        discussion: """
            The host is one of hosts.conf, by its name or its address; or else its knocks are given. Where the port \
            answers without a knock there is none.

            With these lines in ~/.ssh/config, "ssh bastion" knocks by itself:
              Host bastion
                  ProxyCommand knockgate connect %h %p

            Examples:
              knockgate connect bastion 22
              knockgate connect bastion imaps < letter
              knockgate connect 203.0.113.5 ssh 2222/udp 3333 4444/udp
            """)

    @OptionGroup var options: KnockOptions

    @Argument(help: "The host's name or address.", completion: HostNames.completion)
    var host: String

    @Argument(help: "The TCP port, by its number or its name.", transform: ServicePort.init)
    var port: ServicePort

    @Argument(
        help: ArgumentHelp("A port, as 3333, 3333:tcp or 2222/udp.", valueName: "knock"), transform: KnockWord.init)
    var knocks: [KnockWord] = []

    func run() throws {
        let errand = options.overriding(try errand())
        do {
            let (steps, entrance) = (Steps(), try errand.entrance(to: port.number))
            let connection = try entrance.enter(.connecting) { step in
                // The standard output is the connection's.
                if options.verbose { Output.complain(steps.line(step, at: entrance.destination)) }
            }
            try connection.relay()
        } catch {
            throw Failure(.no, "\(error)")
        }
    }

    private func errand() throws(Failure) -> Errand {
        if !knocks.isEmpty { return Errand(to: host, knocks: options.ports(knocks)) }
        return Errand(to: try options.hosts.host(host) { $0[host] ?? host(among: $0.hosts) })
    }

    /// The host at this address: ssh gives the name it was told to look up. Of several doors at one address it's the one
    /// to this port.
    private func host(among hosts: [KnownHost]) -> KnownHost? {
        let found = hosts.filter { $0.address.lowercased() == host.lowercased() }
        return found.first { $0.verify == .tcp(port.number) } ?? found.first
    }
}

/// A TCP port as it is typed: its number, or the name of its service.
struct ServicePort {
    let number: UInt16

    init(_ text: String) throws {
        guard let number = UInt16(text).flatMap({ $0 > 0 ? $0 : nil }) ?? Services.port(of: text) else {
            throw ValidationError("a port is 1 to 65535, or the name of a service such as ssh, not \"\(text)\"")
        }
        self.number = number
    }
}
