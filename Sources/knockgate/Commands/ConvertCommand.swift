import ArgumentParser
import KnockControl
import KnockConvert

/// `knockgate convert`: the way over from knockd, or from the iptables recipe with `recent`.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Turn a knockd.conf, or iptables rules that count knocks, into doors.",
        discussion: """
            Prints a knockgate.conf with the same doors. What has no twin stays in it as a comment, with the reason. The \
            ports that a door protects are taken from the commands (iptables, nft, ufw, firewall-cmd), or with --iptables from \
            the rules; it runs none of them, and needs no root but to read the file.

            Examples:
              knockgate convert /etc/knockd.conf
              knockgate convert /etc/knockd.conf --output knockgate.conf
              iptables-save | knockgate convert --iptables -
            """)

    @Argument(
        help: ArgumentHelp("The knockd.conf, or the rules; - for the standard input.", valueName: "file"),
        completion: .file())
    var path: String

    @Flag(help: "The file is what iptables-save or ip6tables-save wrote, with rules of the match recent.")
    var iptables = false

    @Option(
        help: ArgumentHelp(
            "Write to this new file, for its owner alone, and not to the standard output.", valueName: "path"),
        completion: .file())
    var output: String?

    func validate() throws {
        if output == "" { throw ValidationError("--output wants the path of a new file") }
    }

    func run() throws {
        let conversion = try converted()
        if let output, output != "-" {
            try NewFile.write(conversion.text, to: output)
        } else {
            Output.show(conversion.text)
        }
        let place = output == "-" ? nil : output
        Output.complain("knockgate: \(ConvertCommand.summary(of: conversion, in: place ?? "what it wrote"))")
    }

    private func converted() throws(Failure) -> Conversion {
        do {
            let bytes = try InputFile.bytes(of: path)
            let text = ForeignText(file: path, bytes: bytes, version: knockgateVersion)
            guard let hint = hint(bytes) else {
                return iptables ? try Conversion.recent(text) : try Conversion.knockd(text)
            }
            throw Failure(.no, "\(path.printable): \(hint)")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.no, "\(error)")
        }
    }

    /// What to do about a file of the other kind, which its first line that says anything gives away: `*filter` here,
    /// `[options]` there. (iptables-save's counters, `[12:720]`, are no section.)
    private func hint(_ bytes: [UInt8]) -> String? {
        let lines = String(decoding: bytes.prefix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
        let first = lines.lazy.map { $0.drop(while: \.isWhitespace) }.first { !$0.isEmpty && $0.first != "#" }
        guard let first else { return nil }
        if !iptables, first.first == "*" { return "this is what iptables-save writes: add --iptables" }
        let isSection = first.first == "[" && first.dropFirst().first?.isLetter == true
        return iptables && isSection ? "this looks like a knockd.conf: leave out --iptables" : nil
    }

    /// `3 doors, 2 notes: look for NOTE in what it wrote`.
    static func summary(of conversion: Conversion, in place: String) -> String {
        let doors = conversion.doors.counted("door")
        return conversion.notes == 0
            ? doors : "\(doors), \(conversion.notes.counted("note")): look for NOTE in \(place.printable)"
    }
}
