import ArgumentParser
import KnockControl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `knockgate`: what people type.
@main
struct Knockgate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knockgate",
        abstract: abstract,
        discussion: """
            \(withoutCommand)Exit codes: 0 done, 1 the answer is no, 2 bad usage, 3 no daemon to talk to.
            """,
        version: "knockgate \(knockgateVersion)",
        subcommands: [VersionCommand.self],
        groupedSubcommands: serverSide + [
            CommandGroup(name: "Client", subcommands: [KnockCommand.self, ConnectCommand.self])
        ],
        defaultSubcommand: usual)

    // Where the client is built alone, as on macOS, what looks after a gate isn't there (Package.swift).
    #if SERVER_SIDE
        private static let abstract = "Look after a port-knocking gate, and knock at one."
        private static let withoutCommand = "Without a command it shows the status of the daemon, knockgated.\n\n"
        private static let usual: (any ParsableCommand.Type)? = StatusCommand.self
        private static let serverSide = [
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
        ]
    #else
        private static let abstract = "Knock at a port-knocking gate, and go in."
        private static let withoutCommand = ""
        private static let usual: (any ParsableCommand.Type)? = nil
        private static let serverSide: [CommandGroup] = []
    #endif

    static func main() {
        do {
            try refuseUnknownCommand(CommandLine.arguments.dropFirst().first)
            var command = try parseAsRoot()
            try command.run()
        } catch {
            leave(with: report(error))
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

/// exit(3), which the command has in its own words.
private func leave(with code: ExitCode) -> Never { exit(code.rawValue) }
