import ArgumentParser

/// Which configuration is read; for every command that reads one.
struct ConfigOption: ParsableArguments {
    static let defaultPath = "/etc/knockgate/knockgate.conf"

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration; the files of PATH.d are read after it.", valueName: "path"))
    var path = ConfigOption.defaultPath
}
