import KnockCore

/// Which of the judged packets are shown: those from these sources, and about these doors.
struct ReplayFilter {
    /// Any, where none is named.
    private let sources: [Network]
    /// By their places in the rules.
    private let doors: Set<Int>
    private let ports: Set<Port>
    private let isAboutDoors: Bool
    /// Whether nothing is left out.
    let wantsAll: Bool

    /// - Parameter names: the doors' names; one that the rules don't have picks nothing.
    init(sources: [Network] = [], doors names: [String] = [], of rules: Rules) {
        self.sources = sources
        isAboutDoors = !names.isEmpty
        wantsAll = sources.isEmpty && names.isEmpty
        doors = Set(rules.doors.indices.filter { names.contains(rules.doors[$0].name) })
        ports = Set(doors.flatMap { rules.doors[$0].protects })
    }

    func wants(door: Int) -> Bool { !isAboutDoors || doors.contains(door) }

    /// A packet that one of the doors has an event for, or that goes to a port it protects.
    func wants(_ answer: ReplayGate.Answer) -> Bool {
        guard sources.isEmpty || answer.packet.addresses.map({ wants($0.source) }) == true else { return false }
        return !isAboutDoors || answer.events.contains { doors.contains($0.door) }
            || answer.packet.parsed?.destinationPort.map(ports.contains) == true
    }

    func wants(_ event: Event) -> Bool { wants(event.source) && wants(door: event.door) }

    /// A source is a whole network where `ipv6_source_prefix` says so.
    func wants(_ source: Source) -> Bool {
        guard !sources.isEmpty else { return true }
        let whole = Network(source.address, prefixLength: Int(source.prefixLength))
        return sources.contains { $0.contains(source.address) || whole?.contains($0.address) == true }
    }

    private func wants(_ address: Address) -> Bool { sources.contains { $0.contains(address) } }
}
