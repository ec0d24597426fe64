import ArgumentParser
import Capture
import KnockConfig
import KnockCore

/// `knockgate replay`: the gate, shown a capture.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Show what the gate would have said to the packets of a capture.",
        discussion: """
            Reads pcap and pcapng: Ethernet with VLAN tags, raw IP, Linux cooked, loopback. Every packet is taken as one \
            that the rule sends to the gate, unless --to says whose machine it is; the clock is the capture's. It needs \
            no daemon, and no root but to read the files. With --diff the exit code is 1 when there are differences, and \
            2 when something went wrong.

            Examples:
              tcpdump -i eth0 -Q in -w knocks.pcap 'ip or ip6'
              knockgate replay knocks.pcap
              knockgate replay --to 203.0.113.5 --source 198.51.100.7 both-ways.pcap
              knockgate replay --diff ./new.conf knocks.pcap
            """)

    @Argument(
        help: ArgumentHelp("The capture; - for the standard input.", valueName: "capture"),
        completion: .file(extensions: ["pcap", "pcapng", "cap"]))
    var path: String

    @OptionGroup var config: ConfigOption

    @Flag(help: "One JSON object a line for each packet, for programs.")
    var json = false

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp(
            "The machine's address or network: judge only new packets to it. May be repeated.", valueName: "address"),
        transform: Network.argument)
    var destinations: [Network] = []

    @Option(
        name: .customLong("source"),
        help: ArgumentHelp("Show only packets from this address or network. May be repeated.", valueName: "address"),
        transform: Network.argument)
    var sources: [Network] = []

    @Option(
        name: .customLong("door"),
        help: ArgumentHelp("Show only what is about this door. May be repeated.", valueName: "door"),
        completion: DoorNames.configured)
    var doors: [String] = []

    @Option(
        name: .customLong("diff"),
        help: ArgumentHelp("Show only packets that this configuration would judge otherwise.", valueName: "path"),
        completion: ConfigOption.completion)
    var other: String?

    func run() throws {
        let hasDifferences: Bool
        do {
            let this = try rules(in: config.path)
            if let other {
                hasDifferences = try compare(this, rules(in: other), otherFile: other)
            } else {
                try check(doors, in: [this])
                try judge(this)
                hasDifferences = false
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(trouble, "\(error)")
        }
        if hasDifferences { throw ExitCode.no }
    }

    /// As with diff(1), 1 says that there are differences, so that it can't say that something went wrong.
    private var trouble: ExitCode { other == nil ? .no : .badUsage }

    private func rules(in file: String) throws -> Rules {
        let reading = Configuration.load(file)
        guard let rules = reading.configuration?.rules else {
            throw Failure(trouble, reading.diagnostics.map(\.description).joined(separator: "\n"))
        }
        return rules
    }

    private func judge(_ rules: Rules) throws {
        let act = ReplayJudging(rules, filter: filter(rules), asJSON: json, terminal: .current)
        var stage = ReplayStage(act, sieve: sieve(takesInvalid: rules.hearsInvalid))
        try play(&stage)
    }

    private func compare(_ rules: Rules, _ otherRules: Rules, otherFile: String) throws -> Bool {
        try check(doors, in: [rules, otherRules])
        let act = ReplayComparing(
            .init(file: config.path, rules: rules, filter: filter(rules)),
            .init(file: otherFile, rules: otherRules, filter: filter(otherRules)), asJSON: json, terminal: .current)
        var stage = ReplayStage(act, sieve: sieve(takesInvalid: rules.hearsInvalid || otherRules.hearsInvalid))
        try play(&stage)
        return stage.act.differences > 0
    }

    private func play<Act: ReplayAct & ~Copyable>(_ stage: inout ReplayStage<Act>) throws {
        var output = ReplayOutput()
        defer {
            if stage.forgotten > 0 {
                let most = FlowTable.usualCapacity.grouped
                Output.complain(
                    "knockgate: more than \(most) flows at once: \(stage.forgotten.grouped) were forgotten early, and "
                        + "some of their packets may count as new")
            }
        }
        try stage.play(Capture(path: path), to: &output)
    }

    private func filter(_ rules: Rules) -> ReplayFilter { ReplayFilter(sources: sources, doors: doors, of: rules) }

    private func sieve(takesInvalid: Bool) -> ReplaySieve? {
        destinations.isEmpty ? nil : ReplaySieve(to: destinations, takesInvalid: takesInvalid)
    }

    /// A door that none of the configurations has would show nothing at all.
    private func check(_ names: [String], in rules: [Rules]) throws {
        let known = rules.flatMap { $0.doors.map(\.name) }
        for name in names where !known.contains(name) {
            let near = nearest(to: name, among: known).map { ": did you mean \"\($0)\"?" }
            let all = "; the doors are: \(Set(known).sorted().joined(separator: ", "))"
            throw Failure(.badUsage, "there is no door \"\(name.printable)\"" + (near ?? (known.isEmpty ? "" : all)))
        }
    }
}

extension Network {
    /// Reads an address or a network on the command line.
    fileprivate static func argument(_ text: String) throws -> Network {
        guard let network = Network(text) else {
            throw ValidationError("\"\(text.printable)\" is not an address, nor a network such as 198.51.100.0/24")
        }
        return network
    }
}
