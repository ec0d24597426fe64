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
    private var count = (errors: 0, warnings: 0)

    /// So many errors, and as many warnings, are told. A mebibyte of nonsense has half a million: nobody reads them, and a
    /// daemon that reloads would have to hold them all, and send them to whoever asked.
    private static let most = 4096

    var holdError: Bool { count.errors > 0 }

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

    /// What was found, in the order of its places, and last how much is left out.
    var diagnostics: [Diagnostic] {
        told + rest(count.errors, .error, "errors") + rest(count.warnings, .warning, "warnings")
    }

    private func rest(_ count: Int, _ severity: Diagnostic.Severity, _ name: String) -> [Diagnostic] {
        guard count > Findings.most else { return [] }
        let message = "\(count - Findings.most) more \(name) are left out"
        return [Diagnostic(file: files.first ?? "", position: nil, severity: severity, message: message)]
    }

    private var told: [Diagnostic] {
        found.sorted { $0.place < $1.place }.map { finding in
            Diagnostic(
                file: files[finding.place.file],
                position: finding.place.line == 0
                    ? nil : Diagnostic.Position(line: finding.place.line, column: finding.place.column),
                severity: finding.severity, message: finding.message)
        }
    }

    mutating func add(_ finding: Finding) {
        let isError = finding.severity == .error
        if isError { count.errors += 1 } else { count.warnings += 1 }
        if (isError ? count.errors : count.warnings) <= Findings.most { found.append(finding) }
    }
}
