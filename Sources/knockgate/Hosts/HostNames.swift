import ArgumentParser
import KnockConfig

/// The hosts that a shell offers where one can be typed.
enum HostNames {
    /// For a command line: from the file that its `--hosts` names, or else from the person's own.
    static let completion = CompletionKind.custom { words, _, _ in
        known(at: words.value(of: "--hosts") ?? usualPath)
    }

    /// The names in the file; none where it isn't there or has errors.
    static func known(at path: String?) -> [String] {
        path.map { KnownHosts.load($0).hosts.map(\.name) } ?? []
    }

    /// Where this person's hosts stand; nil where there's no home to look in.
    static var usualPath: String? {
        KnownHosts.usualPath(environment: Environment.values(of: ["XDG_CONFIG_HOME", "HOME"]))
    }
}
