#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension KnownHosts {
    /// Reads the file at `path`. Its sequences are secrets, so it's refused when others have any right to it or when it
    /// belongs to someone else, as ssh refuses such a key.
    public static func load(_ path: String) -> KnownHosts {
        do {
            let file = try OpenFile(path)
            if let refusal = refusal(of: try file.rights()) { return refused(path, refusal) }
            return read(ConfigurationText(file: path, bytes: try file.bytes(atMost: ConfigurationText.largest)))
        } catch {
            if error.isAbsence { return KnownHosts(hosts: [], diagnostics: [], isAbsent: true) }
            return refused(path, error.reason + (error.isRefusal ? " (is it yours, and its directory?)" : ""))
        }
    }

    /// Where a person's hosts.conf stands: `$XDG_CONFIG_HOME/knockgate`, which is usually `~/.config/knockgate`. Nil
    /// without a home.
    ///
    /// A relative XDG_CONFIG_HOME counts for nothing (XDG Base Directory Specification).
    public static func usualPath(environment: [String: String]) -> String? {
        let own = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.config" }
        return (own ?? home).map { $0 + "/knockgate/hosts.conf" }
    }

    private static func refused(_ path: String, _ message: String) -> KnownHosts {
        read(ConfigurationText(file: path, bytes: [], notes: [.init(severity: .error, message: message)]))
    }

    private static func refusal(of rights: OpenFile.Rights) -> String? {
        let user = geteuid()
        if rights.owner != user {
            return "belongs to another user (uid \(rights.owner)), and sequences are secrets: run this as that user, "
                + "or chown \(user) it"
        }
        guard rights.mode & 0o077 != 0 else { return nil }
        return "others have rights to this file (mode \(rights.modeText)), and sequences are secrets: chmod 600 it"
    }
}
