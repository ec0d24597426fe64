import ArgumentParser
import KnockControl

/// `knockgate close`: the end of a lease.
struct CloseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close a door for an address: end its lease.",
        discussion: """
            Connections that are established already live on.

            Example:
              knockgate close ssh 198.51.100.7
            """)

    @OptionGroup var visitor: Visitor
    @OptionGroup var socket: SocketOption

    func run() throws {
        Output.say(try socket.client.order(.close(door: visitor.door, source: visitor.address)))
    }
}
