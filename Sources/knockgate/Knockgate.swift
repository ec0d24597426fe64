import ArgumentParser

@main
struct Knockgate: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "knockgate")
}
