import ArgumentParser
import KnockControl

/// `knockgate status`: who may come in, and who is knocking.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how things stand: the queue, the doors, who may enter, who is knocking.",
        discussion: """
            A lease is a source's right to new connections; a visit is how far a source has come in a sequence. The \
            knocks themselves are secret, and never shown.

            Examples:
              knockgate status --watch
              knockgate status --json | jq '.doors[].leases'
            """)

    @Flag(help: "One JSON object on one line, for programs.")
    var json = false

    @Flag(help: "Show it anew every second, until Ctrl-C.")
    var watch = false

    @OptionGroup var socket: SocketOption

    func run() throws {
        if watch {
            try Watch(client: socket.client, asJSON: json).run()
            return
        }
        let status = try socket.client.status()
        Output.show(json ? status.json + "\n" : Picture(lines: StatusTable(status).lines).text(on: .current))
    }
}
