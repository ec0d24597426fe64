import ArgumentParser
import Glibc
import KnockControl

/// `knockgate`: what people type.
@main
struct Knockgate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knockgate",
        abstract: "Look after a port-knocking gate, and knock at one.",
        discussion: """
            Without a command it shows the status of the daemon, knockgated.

            Exit codes: 0 done, 1 the answer is no, 2 bad usage, 3 no daemon to talk to.
            """,
        version: "knockgate \(knockgateVersion)",
        subcommands: [VersionCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Daemon",
                subcommands: [
                    StatusCommand.self, OpenCommand.self, CloseCommand.self, ReloadCommand.self, DoctorCommand.self,
                ]),
            CommandGroup(
                name: "Configuration",
                subcommands: [
                    CheckCommand.self, RuleCommand.self, ExportCommand.self, Replay.self, ConvertCommand.self,
                ]),
            CommandGroup(name: "Client", subcommands: [KnockCommand.self, ConnectCommand.self]),
        ],
        defaultSubcommand: StatusCommand.self)

    static func main() {
        do {
            try refuseUnknownCommand(CommandLine.arguments.dropFirst().first)
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Glibc.exit(report(error).rawValue)
        }
    }

    /// A word that isn't a command would else be taken for an argument of `status`, and refused with its usage.
    private static func refuseUnknownCommand(_ word: String?) throws(Failure) {
        let commands = configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
        let names = commands.compactMap { $0.configuration.commandName } + ["help"]
        guard let word, !word.hasPrefix("-"), !names.contains(word) else { return }
        throw Failure(.badUsage, "no command \"\(word.printable)\": \"knockgate help\" names those there are")
    }

    /// Says what `error` has to say, and answers with the program's exit code. Help and version come this way too, and
    /// are no failures.
    private static func report(_ error: any Error) -> ExitCode {
        if let failure = error as? Failure {
            Output.complain("knockgate: \(failure.description)")
            return failure.code
        }
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if code == .success {
            Output.say(message)
        } else if !message.isEmpty {
            Output.complain(message)
        }
        return code == .validationFailure ? .badUsage : code
    }
}
