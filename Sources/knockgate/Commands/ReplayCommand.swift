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
            that the rule sends to the gate, and the clock is the capture's: capture new inbound packets only. It needs no \
            daemon, and no root but to read the files.

            Examples:
              tcpdump -i eth0 -Q in -w knocks.pcap 'ip or ip6'
              knockgate replay knocks.pcap
              knockgate replay --config ./knockgate.conf --json knocks.pcap
            """)

    @Argument(
        help: ArgumentHelp("The capture; - for the standard input.", valueName: "capture"),
        completion: .file(extensions: ["pcap", "pcapng", "cap"]))
    var path: String

    @OptionGroup var config: ConfigOption

    @Flag(help: "One JSON object a line for each packet, for programs.")
    var json = false

    func run() throws {
        let reading = Configuration.load(config.path)
        guard let rules = reading.configuration?.rules else {
            throw Failure(.no, reading.diagnostics.map(\.description).joined(separator: "\n"))
        }
        do {
            var output = ReplayOutput()
            var stage = ReplayStage(rules, asJSON: json, coloured: Terminal.current.coloured)
            try stage.play(Capture(path: path), to: &output)
        } catch {
            throw Failure(.no, "\(error)")
        }
    }
}
