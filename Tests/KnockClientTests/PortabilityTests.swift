import Foundation
import Testing

/// The client is for macOS, too, which no test here can run on: what it's made of must at least not be Linux's alone.
@Suite struct PortabilityTests {
    private static let repository = URL(filePath: #filePath).appending(path: "../../..").standardized

    /// What `knockgate knock` and `knockgate connect` are made of, beside ArgumentParser.
    private static let sources: [URL] =
        ["KnockCore", "KnockConfig", "KnockControl", "KnockClient", "knockgate/Hosts"].flatMap(files)
        + files(in: "knockgate/Terminal").filter { $0.lastPathComponent != "Screen.swift" }
        + files(in: "knockgate/Commands").filter { file in
            let client = ["Knock", "Connect", "Errand", "Family", "Hosts", "Steps"]
            return client.contains { file.lastPathComponent.hasPrefix($0) }
        }

    private static func files(in folder: String) -> [URL] {
        let all = FileManager.default.enumerator(
            at: repository.appending(path: "Sources/\(folder)"), includingPropertiesForKeys: nil)
        return (all?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    }

    @Test func `the client's files are found`() {
        let names = PortabilityTests.sources.map(\.lastPathComponent)
        for name in ["Relay.swift", "KnownHosts.swift", "Port.swift", "KnockCommand.swift", "ConnectCommand.swift"] {
            #expect(names.contains(name))
        }
    }

    @Test func `where Linux's C library is imported, macOS's is as well`() throws {
        for file in PortabilityTests.sources {
            let text = try String(contentsOf: file, encoding: .utf8)
            let imports = text.matches(of: /import (Glibc|CHost|Host|Netfilter|Capture|CPcap)\b/).count
            let pairs = text.matches(
                of:
                    /#if canImport\(Glibc\)\n +(\w+ )?import Glibc\n#elseif canImport\(Darwin\)\n +(\w+ )?import Darwin\n#endif/
            ).count
            #expect(imports == pairs, "\(file.lastPathComponent)")
        }
    }

    @Test func `what only Linux has stands behind a check for Linux`() throws {
        let alien = /\/proc\/|epoll_|SOCK_NONBLOCK|SOCK_CLOEXEC|accept4|pipe2|splice\(|MSG_NOSIGNAL|eventfd|SO_PEERCRED/
        for file in PortabilityTests.sources {
            let text = try String(contentsOf: file, encoding: .utf8)
            let shared = text.replacing(/#if os\(Linux\)\n(.|\n)*?#e/, with: "#e")
            #expect(shared.firstMatch(of: alien) == nil, "\(file.lastPathComponent)")
        }
    }
}
