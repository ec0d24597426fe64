import Foundation
import KnockCore
import Testing

@testable import KnockConfig

/// Packaging/knockgate.conf, as the package installs it.
@Suite struct ShippedConfigurationTests {
    private let shipped: String

    init() throws {
        let repository = URL(filePath: #filePath).appending(path: "../../..").standardized
        shipped = try String(contentsOf: repository.appending(path: "Packaging/knockgate.conf"), encoding: .utf8)
    }

    @Test func `as installed it is a gate without doors, and nothing is to be said of it`() throws {
        #expect(try load(shipped) == Reading(configuration: Configuration(), diagnostics: []))
    }

    @Test func `as long as the knocks are not chosen, the door is refused, and the file with it`() throws {
        let reading = try load(awake(shipped))
        #expect(reading.configuration == nil)
        #expect(
            reading.diagnostics.map(\.message)
                == ["FIRST", "SECOND", "THIRD"].map {
                    "a port is 1 to 65535, not \"\($0)\""
                })
    }

    @Test func `with knocks of one's own it has the door, with the defaults`() throws {
        let reading = try load(awake(chosen(shipped), from: "[door ssh]"))
        let configuration = try #require(reading.configuration)
        #expect(reading.diagnostics == [])
        #expect(configuration.rules.doors == [try door(named: "ssh")])
    }

    @Test func `every setting of the gate at rest is the default, but for two examples`() throws {
        var configuration = try #require(try load(awake(chosen(shipped))).configuration)
        #expect(configuration.rules.ignore.count == 2 && configuration.rules.allowFrom.count == 2)
        (configuration.rules.ignore, configuration.rules.allowFrom, configuration.rules.doors) = ([], [], [])
        #expect(configuration == Configuration())
    }

    @Test func `it names every key`() {
        for key in GateKey.allCases { #expect(shipped.contains("\n#\(key.rawValue) = ")) }
        for key in DoorKey.allCases { #expect(shipped.contains(key.rawValue)) }
    }

    /// What comes of `text` in a file with the rights that the package gives it.
    private func load(_ text: String) throws -> Reading {
        let folder = try Folder()
        try folder.write(text, to: "k.conf", mode: 0o640)
        return Configuration.load(folder.path("k.conf"))
    }

    /// `text` without the "#" in front of its settings, from the one that begins with `start` on.
    private func awake(_ text: String, from start: String = "") -> String {
        var isReached = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.first == "#", line.dropFirst().first.map({ $0.isLetter || $0 == "[" }) ?? false else {
                return line
            }
            isReached = isReached || line.dropFirst().hasPrefix(start)
            return isReached ? line.dropFirst() : line
        }.joined(separator: "\n")
    }

    private func chosen(_ text: String) -> String {
        text.replacing("FIRST", with: "2222").replacing("SECOND", with: "3333").replacing("THIRD", with: "4444")
    }

    /// A door that says only what a door needs.
    private func door(named name: String) throws -> Door {
        let text = "[door \(name)]\nprotects = 22/tcp\nsequence = 2222/udp 3333/tcp 4444/udp\n"
        return try #require(configuration(text).rules.doors.first)
    }
}
