/// The hosts that a person knocks at, and what there is to say of the file they stand in, hosts.conf.
public struct KnownHosts: Equatable, Sendable {
    /// In the order of the file; none when a diagnostic is an error.
    public let hosts: [KnownHost]

    /// In the order of the file's lines and their columns.
    public let diagnostics: [Diagnostic]

    /// Whether there is no file at all, which is no error: then no host is known.
    public let isAbsent: Bool

    init(hosts: [KnownHost], diagnostics: [Diagnostic], isAbsent: Bool = false) {
        (self.hosts, self.diagnostics, self.isAbsent) = (hosts, diagnostics, isAbsent)
    }

    public var holdsError: Bool { diagnostics.contains { $0.severity == .error } }

    /// The host of this name. Names of hosts have no case: ssh passes them on in small letters, however they were typed.
    public subscript(name: String) -> KnownHost? {
        hosts.first { $0.name.lowercased() == name.lowercased() }
    }

    /// Reads a hosts.conf. Nothing outside is asked, and no text makes it trap; every error is told at once.
    public static func read(_ text: ConfigurationText) -> KnownHosts {
        var findings = Findings(files: [text.file])
        for note in text.notes { findings.note(note, file: 0) }
        let sections = Outline<HostSection>(of: text, at: 0, findings: &findings).sections
        let hosts = hosts(of: sections, findings: &findings)
        return KnownHosts(hosts: findings.holdError ? [] : hosts, diagnostics: findings.diagnostics)
    }

    private static func hosts(of sections: [Section<HostSection>], findings: inout Findings) -> [KnownHost] {
        var places: [String: Place] = [:]
        return sections.compactMap { section in
            guard case .host(let name)? = section.kind else { return nil }
            let draft = HostDraft(section, name: name, findings: &findings)
            guard let name else { return nil }
            if let first = places[name.lowercased] {
                findings.error(
                    "\(draft.title) stands twice: the first is at \(findings.name(of: first))", at: draft.place)
                return nil
            }
            places[name.lowercased] = draft.place
            return draft.host
        }
    }
}
