import Foundation
import KnockCore
import Testing

@testable import KnockConfig
@testable import KnockDaemon
@testable import knockgate

/// The manual pages tell of all that there is, and of nothing else.
@Suite struct ManualTests {
    @Test func `knockgate(1) has a section for each command, and for no other`() throws {
        let page = try ManualPage("knockgate.1")
        let sections = page.lines.filter { $0.hasPrefix(".Ss Nm Cm ") }.map { String($0.dropFirst(".Ss Nm Cm ".count)) }
        let commands = try CommandLineHelp.read().subcommands ?? []
        #expect(sections.count == Set(sections).count)
        #expect(Set(sections) == Set(commands.map(\.commandName)))
    }

    @Test func `each section explains its command's options and arguments, and no others`() throws {
        let page = try ManualPage("knockgate.1")
        for command in try CommandLineHelp.read().subcommands ?? [] where command.commandName != "help" {
            let section = page.part(".Ss Nm Cm \(command.commandName)")
            #expect(section.items("Fl").options == command.options, "\(command.commandName)")
            let isMissing = command.positionals.filter { !section.words(of: "Ar").contains($0) }
            #expect(isMissing == [], "\(command.commandName)")
        }
    }

    @Test func `the options that every command has are explained once`() throws {
        let page = try ManualPage("knockgate.1").part(".Sh DESCRIPTION")
        #expect(page.items("Fl").options == CommandLineHelp.everywhere)
    }

    @Test func `the synopsis shows each command with all its options and arguments`() throws {
        let usages = try ManualPage("knockgate.1").part(".Sh SYNOPSIS").usages
        let commands = try CommandLineHelp.read().subcommands ?? []
        #expect(usages.count == commands.count)
        for command in commands where command.commandName != "help" {
            let usage = try #require(usages.first { $0.words(of: "Cm").contains(command.commandName) })
            #expect(usage.options.isSubset(of: command.options), "\(command.commandName)")
            for names in command.optionNames {
                #expect(!names.isDisjoint(with: usage.options), "\(command.commandName) \(names)")
            }
            let text = usage.lines.joined(separator: " ")
            for name in command.positionals { #expect(text.contains(name), "\(command.commandName) \(name)") }
        }
    }

    @Test func `knockgate(1) writes of no option that there isn't`() throws {
        let all = try CommandLineHelp.read().subcommands?.flatMap(\.options) ?? []
        let written = try ManualPage("knockgate.1").options
        #expect(written.subtracting(all).subtracting(CommandLineHelp.everywhere) == [])
    }

    @Test func `knockgated(8) explains the options that its help names, and no others`() throws {
        let page = try ManualPage("knockgated.8")
        let named = Set(Options.help.matches(of: /(?:^|[ \[])(--?[a-zA-Z][a-z]*)/).map { String($0.1) })
        #expect(named.count > 8)
        #expect(page.part(".Sh DESCRIPTION").items("Fl").options == named)
        #expect(page.options == named)
        #expect(page.part(".Sh SYNOPSIS").options == ["--config", "--socket", "--state", "--verbose"])
    }

    @Test func `knockgate.conf(5) explains each key, in the order of the code, and no others`() throws {
        let page = try ManualPage("knockgate.conf.5")
        #expect(page.part(".Sh THE GATE SECTION").keys == GateKey.allCases.map(\.rawValue))
        #expect(page.part(".Sh THE DOOR SECTION").keys == DoorKey.allCases.map(\.rawValue))
    }

    @Test func `the defaults in knockgate.conf(5) are those of the code`() throws {
        let page = try ManualPage("knockgate.conf.5")
        let (gate, door) = (page.part(".Sh THE GATE SECTION"), page.part(".Sh THE DOOR SECTION"))
        #expect(gate.settings.count == GateKey.allCases.count - 2)  // None: ignore, allow_from.
        #expect(door.settings.count == DoorKey.allCases.count - 4)  // None: protects, sequence, close_sequence, target.
        let needs = "[door a]\nprotects = 22\nsequence = 9 5 7\n"
        let said = (["[gate]"] + gate.settings + [needs] + door.settings).joined(separator: "\n")
        let readings = [said, needs].map { Configuration.read([ConfigurationText(file: "k.conf", text: $0)]) }
        #expect(readings[0].diagnostics == [] && readings[0].configuration != nil)
        #expect(readings[0] == readings[1])
    }

    @Test func `the examples of knockgate.conf(5) are good configurations`() throws {
        let examples = try ManualPage("knockgate.conf.5").part(".Sh EXAMPLES").literals
        #expect(examples.count == 2)
        for (example, doors) in zip(examples, [1, 2]) {
            let reading = Configuration.read([ConfigurationText(file: "example", text: example)])
            #expect(reading.diagnostics == [])
            #expect(reading.configuration?.rules.doors.count == doors)
        }
    }

    @Test func `the complaints in knockgate.conf(5) are those that one gets`() throws {
        let complaints = try #require(try ManualPage("knockgate.conf.5").part(".Sh DIAGNOSTICS").literals.first)
        let text = "\n\n[door a]\nopne_for = 1\nseq_timeout = 15x\nprotects = 1\nsequence = 9 5 7\n"
        let told = Configuration.read([ConfigurationText(file: "k.conf", text: text)]).diagnostics.map(\.description)
        #expect(complaints == told.joined(separator: "\n"))
    }

    @Test func `knockgate-hosts.conf(5) explains each key, in the order of the code, with its default`() throws {
        let section = try ManualPage("knockgate-hosts.conf.5").part(".Sh THE HOST SECTION")
        #expect(section.keys == HostKey.allCases.map(\.rawValue))
        // None: sequence, close_sequence, family, verify; the address is the host's name.
        #expect(section.settings == ["address = the host's name", "delay = 0"])
        let least = "[host a]\nsequence = 9 5 7\n"
        let all = least + section.settings.dropFirst().joined(separator: "\n") + "\naddress = a\nfamily = any\n"
        let known = [least, all].map { KnownHosts.read(ConfigurationText(file: "hosts.conf", text: $0)) }
        #expect(known[0] == known[1] && known[0].hosts.count == 1)
    }

    @Test func `the example of knockgate-hosts.conf(5) is good, and its complaints are those that one gets`() throws {
        let page = try ManualPage("knockgate-hosts.conf.5")
        let example = try #require(page.part(".Sh EXAMPLES").literals.first)
        let known = KnownHosts.read(ConfigurationText(file: "hosts.conf", text: example))
        #expect(known.hosts.map(\.name) == ["bastion", "2001:db8::5"] && known.diagnostics == [])
        let complaints = try #require(page.part(".Sh DIAGNOSTICS").literals.first)
        let text = "[host a]\nsequense = 9 5 7\nfamily = 5\n"
        let told = KnownHosts.read(ConfigurationText(file: "hosts.conf", text: text)).diagnostics.map(\.description)
        #expect(complaints == told.joined(separator: "\n"))
    }

    @Test func `the rule in knockgated(8) is the one that is printed`() throws {
        let examples = try ManualPage("knockgated.8").part(".Sh THE RULE").literals.map { example in
            example.replacing(/\\\n +/, with: "")
        }
        let rule = DivertRule(queue: 4747, mark: 0x1000)
        #expect(examples.first == rule.commands(.insert).trimmingCharacters(in: .newlines))
        let words = try #require(rule.commands(.insert).firstMatch(of: /INPUT (.*)/)?.1)
        #expect(examples.count { $0.contains(words) } == 3)  // As printed, for ufw, for firewalld.
        let nft = try #require(rule.nftFile.firstMatch(of: /input (iifname.*)/)?.1)
        #expect(examples.count { $0.contains(nft) } == 1)
    }
}

extension ManualPage {
    /// The keys that are explained here: those in front of an equals sign.
    fileprivate var keys: [String] { lines.compactMap(key) }

    /// `key = value` for each key with a default, as `Default: 8192.` tells it.
    fileprivate var settings: [String] {
        var latest = ""
        return lines.compactMap { line in
            latest = key(line) ?? latest
            guard line.hasPrefix("Default: "), !["none.", "any."].contains(line.dropFirst(9)) else { return nil }
            return "\(latest) = \(line.dropFirst(9).dropLast())"
        }
    }

    private func key(_ line: Substring) -> String? {
        let words = line.split(separator: " ").map(String.init)
        return words.count > 3 && words[0...1] == [".It", "Ic"] && words[3] == "=" ? words[2] : nil
    }
}

/// What ArgumentParser knows of the command line (`--experimental-dump-help`).
private struct CommandLineHelp: Decodable {
    let command: Command

    /// Every command has these, though the second one needn't be told of at each.
    static let everywhere: Set = ["--version", "-h", "--help"]

    static func read() throws -> Command {
        let output = try Program.run("--experimental-dump-help").output
        return try JSONDecoder().decode(CommandLineHelp.self, from: Data(output.utf8)).command
    }

    struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?

        /// All names of each option.
        var optionNames: [Set<String>] {
            (arguments ?? []).compactMap(\.names).map { Set($0.map(\.typed)) }.filter {
                $0.isDisjoint(with: everywhere)
            }
        }

        var options: Set<String> { optionNames.reduce(into: []) { $0.formUnion($1) } }

        var positionals: [String] { (arguments ?? []).filter { $0.kind == "positional" }.compactMap(\.valueName) }
    }

    struct Argument: Decodable {
        let kind: String
        let names: [Name]?
        let valueName: String?
    }

    struct Name: Decodable {
        let kind: String
        let name: String

        var typed: String { (kind == "long" ? "--" : "-") + name }
    }
}
