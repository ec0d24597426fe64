import ArgumentParser
import KnockConfig
import KnockCore

/// `knockgate check`: would the daemon take this configuration?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration: every error and every warning.",
        discussion: """
            Reads the file, and the files of FILE.d after it, just as the daemon would. Needs no daemon, and no root but \
            to read the file. The exit code is 1 when there is an error; warnings alone are fine.

            Example:
              knockgate check ./knockgate.conf
            """)

    @Argument(help: "The configuration.", completion: ConfigOption.completion)
    var file = ConfigOption.defaultPath

    func run() throws {
        let reading = Configuration.load(file)
        let lines = reading.diagnostics.map(\.description) + [CheckCommand.summary(of: reading, file: file)]
        Output.say(lines.joined(separator: "\n"))
        if reading.configuration == nil { throw ExitCode.no }
    }

    /// `knockgate.conf: fine, 2 doors, 1 warning` or `knockgate.conf: 3 errors`.
    static func summary(of reading: Reading, file: String) -> String {
        let errors = reading.diagnostics.count { $0.severity == .error }
        let warnings = reading.diagnostics.count { $0.severity == .warning }
        let outcome = reading.configuration.map { "fine, \($0.rules.doors.count.counted("door"))" }
        let parts = [outcome ?? errors.counted("error")] + (warnings > 0 ? [warnings.counted("warning")] : [])
        return "\(file): " + parts.joined(separator: ", ")
    }
}
