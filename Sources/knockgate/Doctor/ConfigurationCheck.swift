import KnockConfig
import KnockCore

/// Is there a configuration, is it without errors, and do the right people read it?
struct ConfigurationCheck {
    let files: Facts.ConfigurationFiles
    let isRoot: Bool
    let again: String

    var findings: [Finding] {
        (content + exposed + unreadable + remarks).orFine("the configuration \(files.path.printable) has \(doors)")
    }

    private var doors: String { (files.reading.configuration?.rules.doors.count ?? 0).counted("door") }

    private var content: [Finding] {
        guard files.reading.configuration == nil else { return [] }
        let errors = files.reading.diagnostics.filter { $0.severity == .error }
        let path = files.path.shellQuoted
        // An error without a place is about a file as a whole: it can't be read.
        if let error = errors.first(where: { $0.position == nil }) {
            let isMissing = !files.rights.contains { $0.path == files.path }
            let mending = !isRoot ? "sudo \(again)" : isMissing ? create : "knockgate check \(path)"
            return [.wrong("the configuration could not be read: \(error.description.printable)", mending: [mending])]
        }
        return [
            .wrong(
                "the configuration \(files.path.printable) has \(errors.count.counted("error")): no daemon starts with it, "
                    + "and none that runs takes it over", mending: ["knockgate check \(path)"])
        ]
    }

    /// Makes an empty file, which the daemon's user can read.
    private var create: String {
        let rights = files.user.map { $0.id == 0 ? "-m 600" : "-m 640 -g \($0.name.shellQuoted)" } ?? "-m 600"
        return "install -D \(rights) /dev/null \(files.path.shellQuoted)"
    }

    /// Others who may read the sequences can knock.
    private var exposed: [Finding] {
        files.rights.filter { !$0.isDirectory && $0.othersHaveRights }.map { file in
            .wrong(
                "\(file.path.printable) is open to others (mode 0\(String(file.mode & 0o7777, radix: 8))), and the "
                    + "sequences in it are secrets", mending: ["chmod o= \(file.path.shellQuoted)"])
        }
    }

    /// The daemon reads the files as its own user.
    private var unreadable: [Finding] {
        guard let user = files.user else { return [] }
        return files.rights.filter { !$0.isUsable(by: user) }.map { file in
            let path = file.path.shellQuoted
            return .wrong(
                "the daemon runs as \(user.name.printable), who can't read \(file.path.printable): it neither starts nor "
                    + "reloads",
                mending: ["chgrp \(user.name.shellQuoted) \(path) && chmod \(file.isDirectory ? "750" : "640") \(path)"]
            )
        }
    }

    private var remarks: [Finding] {
        guard let configuration = files.reading.configuration else { return [] }
        // Warnings without a place are about the file's rights, which are told above.
        let warnings = files.reading.diagnostics.count { $0.severity == .warning && $0.position != nil }
        let path = files.path.shellQuoted
        return
            (configuration.rules.doors.isEmpty
            ? [
                Finding.hint(
                    "no door is configured: the gate protects nothing yet", mending: ["${EDITOR:-nano} \(path)"])
            ]
            : [])
            + (warnings > 0
                ? [
                    .hint(
                        "the configuration has \(warnings.counted("warning"))", mending: ["knockgate check \(path)"])
                ] : [])
    }
}

extension String {
    /// The text as one word for a shell.
    var shellQuoted: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy { byte in
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || "/._-+:,@%=".utf8.contains(byte)
            }
        return isPlain ? self : "'" + printable.replacing("'", with: "'\\''") + "'"
    }
}
