import ArgumentParser

/// `knockgate doctor`: what's wrong with this machine's gate?
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at the system and say what is wrong, and the command that mends it.",
        discussion: """
            Looks at the configuration and who may read it, the kernel, the daemon and its queue, the firewall's rules of \
            both families, and what listens on the protected ports. It only reads. Run it as root: what couldn't be looked \
            at counts as wrong. The exit code is 1 when anything is wrong; hints alone are fine.

            Example:
              sudo knockgate doctor
            """)

    @OptionGroup var config: ConfigOption
    @OptionGroup var socket: SocketOption

    func run() throws {
        let findings = Doctor(facts: FactsGathering(config: config.path, socket: socket.path).facts()).findings
        Output.show(DoctorText(findings: findings).text(on: .current))
        if findings.contains(where: { $0.gravity == .wrong }) { throw ExitCode.no }
    }
}
