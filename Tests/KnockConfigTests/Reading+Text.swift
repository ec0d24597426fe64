import KnockConfig
import KnockCore
import Testing

/// What is told of `text`, as people see it; the file is called `k.conf`.
func told(of text: String) -> [String] {
    told(of: [ConfigurationText(file: "k.conf", text: text)])
}

func told(ofBytes bytes: [UInt8]) -> [String] {
    told(of: [ConfigurationText(file: "k.conf", bytes: bytes)])
}

func told(of files: [ConfigurationText]) -> [String] {
    Configuration.read(files).diagnostics.map(\.description)
}

/// The configuration that `text` says, which must have no error.
func configuration(_ text: String) throws -> Configuration {
    try #require(Configuration.read([ConfigurationText(file: "k.conf", text: text)]).configuration)
}

/// The rules of the only door in a file that says `lines` of it besides what a door needs.
func door(saying lines: String) throws -> Door {
    try #require(
        configuration("[door a]\nprotects = 22/tcp\nsequence = 2222/udp 3333 4444/udp\n\(lines)\n").rules.doors.first)
}

/// What is told of such a door; `lines` begin in the first line of the file.
func told(ofDoorSaying lines: String) -> [String] {
    told(of: "[door a] \n\(lines)\nprotects = 22/tcp\nsequence = 2222/udp 3333 4444/udp\n")
}
