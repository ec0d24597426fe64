import ArgumentParser
import KnockConfig
import KnockControl
import KnockCore

/// The doors that a shell offers where one can be named.
enum DoorNames {
    /// For a command line: from the daemon that its `--socket` names, or else from the usual places.
    static let completion = CompletionKind.custom { words, _, _ in
        guard let path = socket(in: words) else {
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
        let configuration = config.flatMap { Configuration.load($0).configuration }
        return configuration?.rules.doors.map(\.name) ?? []
    }

    /// The path behind `--socket`. To bash, the `=` of `--socket=PATH` is a word of its own.
    static func socket(in words: [String]) -> String? {
        let joined = "--socket="
        guard let index = words.lastIndex(where: { $0 == "--socket" || $0.hasPrefix(joined) }) else { return nil }
        let path = words[index].dropFirst(joined.count)
        return path.isEmpty ? words[(index + 1)...].first { $0 != "=" } : String(path)
    }
}
