public import KnockCore

/// All that knockgate.conf and its drop-ins say.
public struct Configuration: Equatable, Sendable {
    /// The number of the kernel's queue (NFQUEUE) that the rule sends packets to.
    public var queue: UInt16 = 4747

    /// How many packets the kernel holds for the gate: 1 to 65536, which is the kernel's own bound.
    public var queueLength = 8192

    /// The bit of a packet's mark that says "seen"; exactly one bit is set.
    public var mark: UInt32 = 0x1000

    /// What the gate itself goes by.
    public var rules = Rules()

    /// The configuration that an empty file means: a gate without doors.
    public init() {}
}

extension Configuration {
    /// Reads configuration files, the main one first; what a later one says in `[gate]` holds.
    ///
    /// Nothing outside is asked, and no text makes it trap: the daemon, `knockgate check` and the tests all read this
    /// way. Every error and every warning of all files is told at once.
    public static func read(_ files: [ConfigurationText]) -> Reading {
        var findings = Findings(files: files.map(\.file))
        var gate = GateReader()
        var doors = DoorsReader()
        for (index, file) in files.enumerated() {
            for note in file.notes { findings.note(note, file: index) }
            let sections = Outline<ConfigurationSection>(of: file, at: index, findings: &findings).sections
            gate.read(sections, findings: &findings)
            doors.read(sections, findings: &findings)
            if doors.areTooMany { break }
        }
        doors.check(ignored: gate.ignored, findings: &findings)
        var configuration = gate.configuration
        configuration.rules.doors = doors.doors
        return Reading(configuration: findings.holdError ? nil : configuration, diagnostics: findings.diagnostics)
    }
}

extension Configuration {
    /// The door's name that `word` is most likely a misspelling of; nil when none is near.
    public func nearestDoorName(to word: String) -> String? {
        let names = rules.doors.map(\.name)
        let near = nearest(to: word.lowercased(), among: names.map { $0.lowercased() })
        return near.flatMap { near in names.first { $0.lowercased() == near } }
    }
}

/// What came of reading the files: a configuration, unless there was an error, and all that's to be said of them.
public struct Reading: Equatable, Sendable {
    /// Nil when any diagnostic is an error: half a configuration is none.
    public let configuration: Configuration?

    /// In the order of the files, their lines and their columns.
    public let diagnostics: [Diagnostic]
}
