import KnockConfig
import Testing

/// No text makes reading trap, whatever stands in it; what's told of it names a place that is there.
@Suite struct HostileTextTests {
    @Test func `every prefix of a good file is read or refused`() {
        let bytes = Array(example.utf8)
        for length in 0...bytes.count { checkReading(Array(bytes.prefix(length))) }
    }

    @Test func `a good file with any byte changed is read or refused`() {
        var random = Random(state: 1)
        let good = Array(example.utf8)
        for index in good.indices {
            var bytes = good
            bytes[index] = UInt8.random(in: 0...255, using: &random)
            checkReading(bytes)
        }
    }

    @Test func `random bytes are read or refused`() {
        var random = Random(state: 2)
        for length in 0..<400 { checkReading((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }) }
    }

    @Test func `random pieces of files are read or refused`() {
        let pieces = [
            "[", "]", "gate", "door", "host", " ", "\n", "\r\n", "=", "#", ";", ",", "/", ":", "a", "22", "tcp", "udp",
            "0",
            "99999",
            "sequence", "close_sequence", "protects", "ignore", "allow_from", "::", "1.2.3.4", "mark", "0x", "!", "syn",
            "tcpflags", "open_for", "1h", ".5", "é", "\u{301}", "\0", "\u{FEFF}", "[door a]\n", "[gate]\n",
            "[host a]\n", "-", "+",
            "\t", "address", "delay", "family", "verify",
        ]
        var random = Random(state: 3)
        for length in 0..<1500 {
            let text = (0..<length % 150).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            checkReading(Array(text.utf8))
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "x", "x ", "x\n", "[", "\n[door x]", "[gate]\n\0", "é", "1h", "\u{301}", "=\n", "\n=", "\n\u{1}",
            "\n[door a]\nx=",
        ])
    func `a large file of one thing is read in time`(piece: String) {
        for before in ["", "[gate]\nignore = ", "[door a]\nopen_for = ", "[gate]\n", "[host a]\nsequence = "] {
            let repeated = String(repeating: piece, count: 20_000 / piece.utf8.count)
            checkReading(Array((before + repeated).utf8))
        }
    }

    @Test func `every prefix of a good hosts.conf, and with any byte changed, is read or refused`() {
        var random = Random(state: 4)
        let good = Array("[host é]\naddress = fe80::1%eth0\nsequence = 22/tcp 1:udp\ndelay = 1s\nfamily = 6".utf8)
        for index in good.indices {
            checkReading(Array(good.prefix(index)))
            var bytes = good
            bytes[index] = UInt8.random(in: 0...255, using: &random)
            checkReading(bytes)
        }
    }

    /// As a configuration, and as a file of known hosts.
    private func checkReading(_ bytes: [UInt8]) {
        let text = ConfigurationText(file: "k.conf", bytes: bytes)
        let reading = Configuration.read([text])
        let hasError = reading.diagnostics.contains { $0.severity == .error }
        #expect((reading.configuration == nil) == hasError)
        let known = KnownHosts.read(text)
        #expect(known.hosts.isEmpty || !known.holdsError)
        checkPlaces(reading.diagnostics, in: bytes)
        checkPlaces(known.diagnostics, in: bytes)
    }

    private func checkPlaces(_ diagnostics: [Diagnostic], in bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for diagnostic in diagnostics.prefix(100) {
            guard let position = diagnostic.position, lines.indices.contains(position.line - 1) else {
                Issue.record("there's no such place: \(diagnostic)")
                continue
            }
            #expect((1...lines[position.line - 1].count + 1).contains(position.column), "\(diagnostic)")
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers in every run, so that what fails can be seen again.
private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
