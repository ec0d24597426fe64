import ArgumentParser
import KnockControl
import KnockCore

/// `knockgate open`: a lease without a knock.
struct OpenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Open a door for an address, as if it had knocked.",
        discussion: """
            The address gets a lease, or its lease is set anew: for the door's own open_for, or for as long as --for \
            says. Established connections need no lease.

            Examples:
              knockgate open ssh 198.51.100.7
              knockgate open ssh 2001:db8::7 --for 1h30m
            """)

    @OptionGroup var visitor: Visitor

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long: 15s, 5m, 1h30m, or a number of seconds.", valueName: "duration"),
        transform: Duration.argument)
    var duration: Duration?

    @OptionGroup var socket: SocketOption

    func run() throws {
        let request = Request.open(door: visitor.door, source: visitor.address, duration: duration)
        Output.say(try socket.client.order(request))
    }
}

/// A door, and the address it is opened or closed for.
struct Visitor: ParsableArguments {
    @Argument(help: "The door's name in the configuration.", completion: DoorNames.completion, transform: Visitor.door)
    var door: String

    @Argument(help: "The IPv4 or IPv6 address.", transform: Visitor.address)
    var address: Address

    static func door(_ text: String) throws -> String {
        guard Door.canBeNamed(text) else {
            throw ValidationError(
                "a door's name is 1 to 32 letters, digits, \".\", \"_\" and \"-\", not \"\(text.printable)\"")
        }
        return text
    }

    private static func address(_ text: String) throws -> Address {
        guard let address = Address(text) else { throw ValidationError("\"\(text)\" is not an IPv4 or IPv6 address") }
        return address.unmapped
    }
}
