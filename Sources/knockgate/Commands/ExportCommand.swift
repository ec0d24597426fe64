import ArgumentParser
import KnockConfig
import KnockCore
import QRCode

/// `knockgate export`: what a client has to know of a door.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print a door for a client's hosts.conf.",
        discussion: """
            Prints the section that a client puts into ~/.config/knockgate/hosts.conf (mode 600), to knock by a name \
            instead of a sequence. With --qr it is a code for the camera of a phone. What it prints is secret: whoever has \
            it can open the door. It needs no daemon, and no root but to read the configuration.

            Examples:
              knockgate export ssh --address gate.example.org
              knockgate export ssh --address 203.0.113.5 --name bastion --qr
            """)

    @Argument(
        help: "The door's name in the configuration.", completion: DoorNames.configured, transform: Visitor.door)
    var door: String

    @Option(
        help: ArgumentHelp("The name or address by which clients find this machine.", valueName: "host"),
        transform: ExportCommand.hostAddress)
    var address: String

    @Option(
        help: ArgumentHelp("How clients call it (default: the host of --address).", valueName: "name"),
        transform: ExportCommand.hostName)
    var name: String?

    @Flag(help: "As a QR code that holds the section.")
    var qr = false

    @OptionGroup var config: ConfigOption

    func validate() throws {
        if name == nil, !KnownHost.canBeNamed(address) {
            throw ValidationError("\"\(address)\" can't be a host's name, too: give one with --name")
        }
    }

    func run() throws {
        let reading = Configuration.load(config.path)
        guard let configuration = reading.configuration else {
            throw Failure(.no, reading.diagnostics.map(\.description).joined(separator: "\n"))
        }
        guard let door = configuration.rules.doors.first(where: { $0.name == door }) else {
            throw Failure(.no, unknownDoor(in: configuration))
        }
        let export = DoorExport(door, address: address, name: name ?? address)
        let terminal = Terminal.current
        let text = try qr ? ExportCommand.code(export.host.section, on: terminal) : export.host.section
        for warning in export.warnings { Output.complain("knockgate: warning: \(warning)") }
        if terminal.size != nil {
            Output.complain("knockgate: this is secret: whoever has it can open door \(door.name)")
            if qr, !terminal.coloured {
                Output.complain("knockgate: without colours a camera reads this only from a light background")
            }
        }
        Output.show(text)
    }

    private func unknownDoor(in configuration: Configuration) -> String {
        let names = configuration.rules.doors.map(\.name)
        let start = "no door \"\(door)\" in \(config.path)"
        if let near = configuration.nearestDoorName(to: door) { return "\(start): did you mean \"\(near)\"?" }
        return names.isEmpty ? "\(start): it has none" : "\(start): the doors are \(names.joined(separator: ", "))"
    }

    /// The code as it's drawn; a failure where the terminal can't show all of it at once.
    static func code(_ text: String, on terminal: Terminal) throws(Failure) -> String {
        let code: QRCode
        do { code = try QRCode(text) } catch { throw Failure(.no, error.description) }
        let picture = QRPicture(code)
        let needed = picture.size
        if let size = terminal.size, size.columns < needed.columns || size.rows < needed.rows {
            throw Failure(
                .no,
                "the QR code needs a terminal of \(needed.columns) columns and \(needed.rows) rows, and this one has "
                    + "\(size.columns) and \(size.rows): make the window larger, or its letters smaller")
        }
        return picture.text(coloured: terminal.coloured)
    }

    private static func hostAddress(_ text: String) throws -> String {
        guard KnownHost.canBeAddress(text) else {
            throw ValidationError(
                "an address is a host's name, or written 203.0.113.5 or 2001:db8::5, not \"\(text.printable)\"")
        }
        return text
    }

    private static func hostName(_ text: String) throws -> String {
        guard KnownHost.canBeNamed(text) else {
            throw ValidationError(
                "a host's name is made of letters, digits, \".\", \"_\", \"-\" and \":\", and begins with no \"-\", not "
                    + "\"\(text.printable)\"")
        }
        return text
    }
}
