/// Something wrong, or odd, at a place; thrown by what reads a value.
struct Finding: Error {
    let severity: Diagnostic.Severity
    let place: Place
    let message: String
}

/// All that was found so far, in whatever order it was found.
struct Findings {
    private let files: [String]
    private var found: [Finding] = []
    private(set) var holdError = false

    init(files: [String]) {
        self.files = files
    }

    mutating func error(_ message: String, at place: Place) {
        add(Finding(severity: .error, place: place, message: message))
    }

    mutating func warning(_ message: String, at place: Place) {
        add(Finding(severity: .warning, place: place, message: message))
    }

    mutating func note(_ note: ConfigurationText.Note, file: Int) {
        let place = Place(file: file, line: 0, column: 0)
        add(Finding(severity: note.severity, place: place, message: note.message))
    }

    /// A place for what needn't be told, about the same files.
    var unheard: Findings { Findings(files: files) }

    /// What `body` answers; nil when it throws, and what it threw is kept.
    mutating func attempt<Value>(_ body: () throws(Finding) -> Value) -> Value? {
        do {
            return try body()
        } catch {
            add(error)
            return nil
        }
    }

    /// How a message names another place: `knockgate.conf:4:14`.
    func name(of place: Place) -> String {
        "\(files[place.file]):\(place.line):\(place.column)"
    }

    /// What was found, in the order of its places.
    var diagnostics: [Diagnostic] {
        found.sorted { $0.place < $1.place }.map { finding in
            Diagnostic(
                file: files[finding.place.file],
                position: finding.place.line == 0
                    ? nil : Diagnostic.Position(line: finding.place.line, column: finding.place.column),
                severity: finding.severity, message: finding.message)
        }
    }

    mutating func add(_ finding: Finding) {
        found.append(finding)
        if finding.severity == .error { holdError = true }
    }
}
