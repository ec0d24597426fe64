/// One thing that the doctor has to say of the system.
struct Finding: Equatable {
    let gravity: Gravity
    /// What is so, and why it matters.
    let text: String
    /// The commands that mend it, each a line to paste into a root shell.
    var mending: [String] = []

    enum Gravity: String {
        /// It was looked at, and is as it should be.
        case fine = "ok"
        /// It works, but may not be what was meant.
        case hint
        /// It doesn't work, or couldn't be looked at: then nobody may rely on it.
        case wrong
    }

    static func fine(_ text: String) -> Finding { Finding(gravity: .fine, text: text) }

    static func hint(_ text: String, mending: [String] = []) -> Finding {
        Finding(gravity: .hint, text: text, mending: mending)
    }

    static func wrong(_ text: String, mending: [String] = []) -> Finding {
        Finding(gravity: .wrong, text: text, mending: mending)
    }
}

extension [Finding] {
    /// These findings, with `text` in front when none of them says that something is wrong.
    func orFine(_ text: @autoclosure () -> String) -> [Finding] {
        contains { $0.gravity == .wrong } ? self : [.fine(text())] + self
    }
}
