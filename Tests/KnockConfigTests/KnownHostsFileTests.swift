import Foundation
import KnockCore
import Testing

@testable import KnockConfig

@Suite struct KnownHostsFileTests {
    private let host = "[host a]\nsequence = 3000 2000 1000\n"

    @Test(arguments: [0o600, 0o400] as [mode_t])
    func `a file of one's own that nobody else may read is read`(mode: mode_t) throws {
        let folder = try Folder()
        try folder.write(host, to: "hosts.conf", mode: mode)
        let known = KnownHosts.load(folder.path("hosts.conf"))
        #expect(known.hosts.map(\.name) == ["a"])
        #expect(known.diagnostics == [] && !known.isAbsent)
    }

    @Test(arguments: [(0o644, "0644"), (0o640, "0640"), (0o620, "0620"), (0o601, "0601")] as [(mode_t, String)])
    func `a file that others have any right to is refused, unread`(mode: mode_t, shown: String) throws {
        let folder = try Folder()
        try folder.write(host + "nonsense\n", to: "hosts.conf", mode: mode)
        let known = KnownHosts.load(folder.path("hosts.conf"))
        #expect(known.hosts == [] && known.holdsError)
        #expect(
            known.diagnostics.map(\.description) == [
                "\(folder.path("hosts.conf")): others have rights to this file (mode \(shown)), and sequences are "
                    + "secrets: chmod 600 it"
            ])
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func `a file that is someone else's is refused`() throws {
        let folder = try Folder()
        try folder.write(host, to: "hosts.conf")
        try unsafe #require(chown(folder.path("hosts.conf"), 12345, 12345) == 0)
        #expect(
            KnownHosts.load(folder.path("hosts.conf")).diagnostics.map(\.description) == [
                "\(folder.path("hosts.conf")): belongs to another user (uid 12345), and sequences are secrets: run this "
                    + "as that user, or chown 0 it"
            ])
    }

    @Test func `without a file no host is known, and that is no error`() throws {
        let folder = try Folder()
        for path in ["hosts.conf", "none/hosts.conf"] {
            let known = KnownHosts.load(folder.path(path))
            #expect(known.isAbsent && known.hosts == [] && known.diagnostics == [])
        }
    }

    @Test func `what can't be read is refused, and never waited for`() throws {
        let folder = try Folder()
        try unsafe #require(mkfifo(folder.path("pipe"), 0o600) == 0)
        try folder.write(host, to: "file")
        try folder.write(String(repeating: "#", count: 1 << 20 + 1), to: "large")
        let messages = ["pipe", "file/hosts.conf", "large"].map { name in
            KnownHosts.load(folder.path(name)).diagnostics.map(\.message)
        }
        #expect(
            messages == [
                ["isn't a regular file: expected a text file"], ["can't be opened: Not a directory"],
                ["is larger than 1 MiB, far too large for a configuration"],
            ])
    }

    @Test func `the errors in a file bear its name`() throws {
        let folder = try Folder()
        try folder.write("[host a]\n", to: "hosts.conf")
        #expect(
            KnownHosts.load(folder.path("hosts.conf")).diagnostics.map(\.description) == [
                "\(folder.path("hosts.conf")):1:1: host a has no sequence: expected sequence = PORT PORT PORT"
            ])
    }

    @Test(
        arguments: [
            (["HOME": "/home/eve"], "/home/eve/.config/knockgate/hosts.conf"),
            (["HOME": "/home/eve", "XDG_CONFIG_HOME": "/etc/eve"], "/etc/eve/knockgate/hosts.conf"),
            (["XDG_CONFIG_HOME": "/etc/eve"], "/etc/eve/knockgate/hosts.conf"),
            (["HOME": "/home/eve", "XDG_CONFIG_HOME": ""], "/home/eve/.config/knockgate/hosts.conf"),
            (["HOME": "/home/eve", "XDG_CONFIG_HOME": "eve"], "/home/eve/.config/knockgate/hosts.conf"),
            ([:], nil), (["HOME": ""], nil),
        ] as [([String: String], String?)])
    func `it stands where the configuration of a person's programs stands`(
        environment: [String: String], path: String?
    ) {
        #expect(KnownHosts.usualPath(environment: environment) == path)
    }
}
