import ArgumentParser
import KnockControl

/// `knockgate reload`: the configuration, read anew.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the daemon read its configuration anew.",
        discussion: """
            Leases live on at doors that still exist by name, visits at doors that haven't changed. A file with errors \
            changes nothing: its errors are shown, and the exit code is 1.

            Example:
              knockgate check && knockgate reload
            """)

    @OptionGroup var socket: SocketOption

    func run() throws {
        Output.say(try socket.client.order(.reload))
    }
}
