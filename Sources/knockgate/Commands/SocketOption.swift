import ArgumentParser
import KnockControl

/// Where the daemon listens; for every command that talks to it.
struct SocketOption: ParsableArguments {
    @Option(
        name: .customLong("socket"), help: ArgumentHelp("The daemon's control socket.", valueName: "path"),
        completion: .file())
    var path = ControlSocket.defaultPath

    var client: ControlClient { ControlClient(path: path) }
}
