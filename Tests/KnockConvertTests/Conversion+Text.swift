import KnockConfig
import KnockConvert
import KnockCore
import Testing

/// What comes of a knockd.conf; the page is read as the daemon would read it, and must have no error.
func knockd(_ text: String) throws -> Conversion {
    try checked(Conversion.knockd(foreign(text)))
}

/// What comes of rules by iptables-save; likewise.
func recent(_ text: String) throws -> Conversion {
    try checked(Conversion.recent(foreign(text)))
}

/// The doors of a knockd.conf.
func knockdDoors(_ text: String) throws -> [Door] { try doors(of: knockd(text)) }

/// The doors of rules.
func recentDoors(_ text: String) throws -> [Door] { try doors(of: recent(text)) }

/// The only door of a section that has `lines`, and a sequence.
func door(saying lines: String) throws -> Door {
    try #require(knockdDoors("[a]\nsequence = 41067,9302,27511\ntcpflags = syn\n\(lines)\n").first)
}

/// What is told of a text that can't be converted, by the function that should have done it.
func refused(_ convert: (String) throws -> Conversion, _ text: String) -> [String] {
    do {
        _ = try convert(text)
        return []
    } catch {
        return "\(error)".split(separator: "\n").map(String.init)
    }
}

private func foreign(_ text: String) -> ForeignText {
    ForeignText(file: "k.conf", bytes: Array(text.utf8), version: "0")
}

private func checked(_ conversion: Conversion) throws -> Conversion {
    #expect(try doors(of: conversion).count == conversion.doors)
    #expect(conversion.text.split(separator: "# NOTE: ").count - 1 == conversion.notes)
    return conversion
}

func doors(of conversion: Conversion) throws -> [Door] {
    let reading = Configuration.read([ConfigurationText(file: "page", text: conversion.text)])
    let errors = reading.diagnostics.filter { $0.severity == .error }
    #expect(errors == [], "\(conversion.text)")
    return try #require(reading.configuration).rules.doors
}
