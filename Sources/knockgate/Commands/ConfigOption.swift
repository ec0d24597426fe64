import ArgumentParser

/// Which configuration is read; for every command that reads one.
struct ConfigOption: ParsableArguments {
    static let defaultPath = "/etc/knockgate/knockgate.conf"
    static let completion = CompletionKind.file(extensions: ["conf"])

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration; the files of PATH.d are read after it.", valueName: "path"),
        completion: ConfigOption.completion)
    var path = ConfigOption.defaultPath
}
