import ArgumentParser
import KnockConfig
import KnockControl
import KnockCore

/// The doors that a shell offers where one can be named.
enum DoorNames {
    /// For a command line: from the daemon that its `--socket` names, or else from the usual places.
    static let completion = CompletionKind.custom { words, _, _ in
        guard let path = words.value(of: "--socket") else {
            return known(socket: ControlSocket.defaultPath, config: ConfigOption.defaultPath)
        }
        return known(socket: path, config: nil)
    }

    /// The names that the running daemon tells; where none answers, those in the configuration; none where that can't be
    /// read either. Whoever waits for a word to be completed doesn't wait long.
    static func known(socket: String, config: String?) -> [String] {
        if let status = try? ControlClient(path: socket, patience: .milliseconds(500)).status() {
            return status.doors.map(\.name)
        }
        return config.map { configured(in: $0) } ?? []
    }

    /// For a command line that reads the configuration alone: from the one that its `--config` names.
    static let configured = CompletionKind.custom { words, _, _ in
        configured(in: words.value(of: "--config") ?? ConfigOption.defaultPath)
    }

    private static func configured(in config: String) -> [String] {
        Configuration.load(config).configuration?.rules.doors.map(\.name) ?? []
    }
}
