import ArgumentParser
import KnockConfig
import KnockCore

/// `knockgate rule`: the one firewall rule, printed and never run.
struct RuleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule",
        abstract: "Print the firewall rule that sends new packets to the gate.",
        discussion: """
            It is printed for the queue and the mark of the configuration, and never run. Installed once, it stays: \
            doors open and close without the firewall. It has to stand before the rule that rejects packets.

            Examples:
              knockgate rule | sudo sh
              knockgate rule --remove | sudo sh
              knockgate rule --restore > knockgate.rules
            """)

    @Flag(help: "For nftables; else for iptables and ip6tables.")
    var nft = false

    @Flag(help: "Send only packets to the ports in the configuration. Scans in mid-sequence go unnoticed then.")
    var narrow = false

    @Flag(help: "Print how to remove the rule.")
    var remove = false

    @Flag(help: "As a file for iptables-restore and ip6tables-restore, or with --nft for nft -f.")
    var restore = false

    @OptionGroup var config: ConfigOption

    func validate() throws {
        if nft, remove, restore {
            throw ValidationError("nft deletes a rule by its number, which a file can't know: leave --restore out")
        }
    }

    func run() throws {
        let reading = Configuration.load(config.path)
        guard let configuration = reading.configuration else {
            throw Failure(.no, reading.diagnostics.map(\.description).joined(separator: "\n"))
        }
        let ports = configuration.rules.doors.flatMap(\.ports)
        guard !narrow || !ports.isEmpty else { throw Failure(.no, "\(config.path) has no door to narrow the rule to") }
        let rule = DivertRule(
            queue: configuration.queue, mark: configuration.mark, ports: narrow ? ports : nil,
            sendsInvalid: configuration.rules.hearsInvalid)
        Output.show(text(of: rule))
    }

    private func text(of rule: DivertRule) -> String {
        let action = remove ? DivertRule.Action.remove : .insert
        switch (nft, restore) {
        case (false, false): return rule.commands(action)
        case (false, true): return rule.restoreFile(action)
        case (true, false): return rule.nftCommands(action)
        case (true, true): return rule.nftFile
        }
    }
}

extension Door {
    /// Every port whose packets mean something to this door.
    fileprivate var ports: [Port] {
        protects + sequence.knocks + (closeSequence?.knocks ?? [])
    }
}
