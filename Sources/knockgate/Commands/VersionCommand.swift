import ArgumentParser
import KnockControl

/// `knockgate version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Show this program's version.",
        discussion: "The daemon's version is part of its status.")

    func run() {
        Output.say("knockgate \(knockgateVersion)")
    }
}
