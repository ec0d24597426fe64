import KnockConfig
import KnockCore

extension FuzzTarget {
    /// knockgate.conf: an error or a configuration, never both; and what it calls a door can be opened.
    static let configuration = FuzzTarget(
        "configuration", longest: 600,
        of: ["Sources/KnockConfig/Configuration.swift", "Sources/KnockConfig/Sections", "Sources/KnockConfig/Text"]
            + ["Sources/KnockConfig/Values"]
    ) { bytes throws(BrokenPromise) in
        let reading = Configuration.read([ConfigurationText(file: "k.conf", bytes: bytes)])
        let hasError = reading.diagnostics.contains { $0.severity == .error }
        try promise(hasError == (reading.configuration == nil), "an error and a configuration")
        try checkPlaces(reading.diagnostics, in: bytes)
        guard let configuration = reading.configuration else { return .refused }
        try promise(configuration.mark.nonzeroBitCount == 1, "a mark of \(configuration.mark)")
        try checkDoorsOpen(configuration.rules)
        return configuration.rules.doors.isEmpty ? .refused : .understood
    }

    /// Each diagnostic names a place that is there, and has nothing in it that steers a terminal.
    static func checkPlaces(_ diagnostics: [Diagnostic], in bytes: [UInt8]) throws(BrokenPromise) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for diagnostic in diagnostics.prefix(100) {
            try checkText("\(diagnostic)")
            guard let position = diagnostic.position, lines.indices.contains(position.line - 1),
                (1...lines[position.line - 1].count + 1).contains(position.column)
            else { throw BrokenPromise("there's no such place: \(diagnostic)") }
        }
    }

    /// What a person is shown holds no control character but a line's end.
    static func checkText(_ text: String) throws(BrokenPromise) {
        let controls = text.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
        try promise(controls.isEmpty, "control characters \(controls.map(\.value)) in a message")
    }

    /// Who knocks at a door gets in at once. With a closing sequence the last knock may close it again (R11), and
    /// `allow_from` needs no knock.
    private static func checkDoorsOpen(_ rules: Rules) throws(BrokenPromise) {
        var rules = rules
        (rules.visitCapacity, rules.leaseCapacity) = (256, 16)  // Room enough, and no more.
        guard rules.doors.count <= 64 else { return }
        for (number, door) in rules.doors.enumerated() where door.closeSequence == nil {
            var gate = Gate(rules, seed: HashSeed(1, 2))
            var events: [Event] = []
            for port in door.sequence.knocks {
                _ = gate.decide(packet(to: port, of: door, door.tcpFlags.set), at: .start, events: &events)
            }
            try promise(
                events.contains { $0.door == number && $0.isOpening }, "nobody can open the door \(door.name)")
            for port in door.protects {
                let verdict = gate.decide(packet(to: port, of: door, .syn), at: .start, events: &events)
                try promise(verdict == .accept, "the door \(door.name) is open, and \(port) isn't")
            }
        }
    }

    private static func packet(to port: Port, of door: Door, _ flags: TCPFlags) -> Packet {
        let target = door.targets.first ?? Address(ipv4: 0xCB00_7105)
        let source = target.family == .ipv4 ? Address(ipv4: 0xC633_64FA) : Address(ipv6: 0x2001_0DB8 << 32, 0xFA)
        let content: Packet.Content =
            port.transport == .tcp
            ? .tcp(source: 40_000, destination: port.number, flags: flags)
            : .udp(source: 40_000, destination: port.number)
        return Packet(from: source, to: target, content)
    }
}

extension Instant {
    static let start = Instant(nanoseconds: 1_000_000_000)
}
