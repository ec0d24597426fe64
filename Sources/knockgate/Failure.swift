import ArgumentParser

/// Why a command ends without having done what it was asked to, in words for a person.
struct Failure: Error, Equatable, CustomStringConvertible {
    let code: ExitCode
    let description: String

    init(_ code: ExitCode, _ description: String) {
        (self.code, self.description) = (code, description)
    }
}

extension ExitCode {
    /// The answer is no: the file has errors, the daemon refused, the host wasn't found.
    static let no = ExitCode(1)
    /// The command line makes no sense.
    static let badUsage = ExitCode(2)
    /// There is no daemon to talk to, or no right to do so.
    static let noDaemon = ExitCode(3)
}
