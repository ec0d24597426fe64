import Foundation
import KnockCore
import Testing

@testable import KnockConfig

@Suite struct ConfigurationFilesTests {
    private let door = "protects = 22\nsequence = 3000 2000 1000\n"

    @Test func `the drop-ins beside the file are read after it, in the order of their bytes`() throws {
        let folder = try Folder()
        try folder.write("[gate]\nqueue = 1\n", to: "k.conf")
        try folder.makeFolder("k.conf.d")
        for (name, queue) in [
            ("b.conf", 3), ("a.conf", 2), ("B.conf", 4), ("10.conf", 5), ("9.conf", 6), ("é.conf", 7),
        ] {
            try folder.write(
                "[door \(name.first == "é" ? "e" : name)]\nprotects = 22\n[gate]\nqueue = \(queue)",
                to: "k.conf.d/\(name)")
        }
        for name in ["z.conf~", "z.txt", ".z.conf", ".conf", "conf"] {
            try folder.write("nonsense", to: "k.conf.d/\(name)")
        }
        let reading = Configuration.load(folder.path("k.conf"))
        #expect(
            reading.diagnostics.map(\.file)
                == ["10", "9", "B", "a", "b", "é"].map { folder.path("k.conf.d/\($0).conf") })
        #expect(reading.diagnostics.allSatisfy { $0.message.contains("has no sequence") })
    }

    @Test func `what a drop-in says holds`() throws {
        let folder = try Folder()
        try folder.write("[gate]\nqueue = 1\n[door a]\n\(door)", to: "k.conf")
        try folder.makeFolder("k.conf.d")
        #expect(Configuration.load(folder.path("k.conf")).configuration?.queue == 1)
        try folder.write("[gate]\nqueue = 2\n", to: "k.conf.d/x.conf")
        let reading = Configuration.load(folder.path("k.conf"))
        #expect(reading.configuration?.queue == 2)
        #expect(reading.configuration?.rules.doors.map(\.name) == ["a"])
        #expect(reading.diagnostics == [])
    }

    @Test func `without drop-ins the file stands alone`() throws {
        let folder = try Folder()
        try folder.write("[door a]\n\(door)", to: "k.conf")
        let reading = Configuration.load(folder.path("k.conf"))
        #expect(reading.diagnostics == [])
        #expect(reading.configuration?.rules.doors.count == 1)
    }

    @Test func `a second door in a drop-in is refused, and the first named`() throws {
        let folder = try Folder()
        try folder.write("[door a]\n\(door)", to: "k.conf")
        try folder.makeFolder("k.conf.d")
        try folder.write("[door a]\nopen_for = 5s\n", to: "k.conf.d/x.conf")
        #expect(
            Configuration.load(folder.path("k.conf")).diagnostics.map(\.description) == [
                "\(folder.path("k.conf.d/x.conf")):1:1: door a stands twice: the first is at \(folder.path("k.conf")):1:1"
            ])
    }

    @Test(arguments: [(0o644, "0644"), (0o604, "0604"), (0o602, "0602"), (0o1601, "01601")] as [(mode_t, String)])
    func `a file that others can read is warned of`(mode: mode_t, shown: String) throws {
        let folder = try Folder()
        try folder.write("", to: "k.conf", mode: mode)
        let reading = Configuration.load(folder.path("k.conf"))
        #expect(
            reading.diagnostics.map(\.description) == [
                "\(folder.path("k.conf")): warning: others have rights to this file (mode \(shown)), and sequences are "
                    + "secrets: chmod o= it"
            ])
        #expect(reading.diagnostics.first?.position == nil)
        #expect(reading.configuration == Configuration())
    }

    @Test func `a file that others can't read isn't`() throws {
        let folder = try Folder()
        try folder.write("", to: "k.conf", mode: 0o640)
        #expect(Configuration.load(folder.path("k.conf")).diagnostics == [])
    }

    @Test func `a file that isn't there is an error, and its drop-ins are still read`() throws {
        let folder = try Folder()
        try folder.makeFolder("k.conf.d")
        try folder.write("[gate]\nqueue = x\n", to: "k.conf.d/x.conf")
        let reading = Configuration.load(folder.path("k.conf"))
        #expect(reading.configuration == nil)
        #expect(
            reading.diagnostics.map(\.description) == [
                "\(folder.path("k.conf")): can't be opened: No such file or directory (is the path right?)",
                "\(folder.path("k.conf.d/x.conf")):2:9: queue is 0 to 65535, not \"x\"",
            ])
    }

    @Test func `what isn't a regular file is refused, and never waited for`() throws {
        let folder = try Folder()
        try folder.makeFolder("folder")
        try unsafe #require(mkfifo(folder.path("pipe"), 0o600) == 0)
        for path in [folder.path("folder"), folder.path("pipe"), "/dev/zero"] {
            #expect(
                Configuration.load(path).diagnostics.map(\.description) == [
                    "\(path): isn't a regular file: expected a text file"
                ])
        }
    }

    @Test func `a file may have 1 MiB and no more`() throws {
        let folder = try Folder()
        try folder.write(String(repeating: "# fifteen bytes\n", count: 65_536), to: "k.conf")
        #expect(Configuration.load(folder.path("k.conf")).configuration == Configuration())
        try folder.write(String(repeating: "# fifteen bytes\n", count: 65_536) + "\n", to: "k.conf")
        #expect(
            Configuration.load(folder.path("k.conf")).diagnostics.map(\.description) == [
                "\(folder.path("k.conf")): is larger than 1 MiB, far too large for a configuration"
            ])
    }

    @Test func `links are followed, but not in circles`() throws {
        let folder = try Folder()
        try folder.write("[gate]\nqueue = 9\n", to: "real.conf")
        try unsafe #require(symlink("real.conf", folder.path("k.conf")) == 0)
        #expect(Configuration.load(folder.path("k.conf")).configuration?.queue == 9)
        try unsafe #require(symlink("loop.conf", folder.path("loop.conf")) == 0)
        #expect(
            Configuration.load(folder.path("loop.conf")).diagnostics.map(\.description) == [
                "\(folder.path("loop.conf")): can't be opened: Too many levels of symbolic links"
            ])
    }

    @Test func `a file in the place of the drop-ins' directory is an error`() throws {
        let folder = try Folder()
        try folder.write("", to: "k.conf")
        try folder.write("", to: "k.conf.d")
        #expect(
            Configuration.load(folder.path("k.conf")).diagnostics.map(\.description) == [
                "\(folder.path("k.conf.d")): can't be opened: Not a directory (drop-ins stand in a directory)"
            ])
    }

    @Test func `a drop-in whose name isn't UTF-8 is an error`() throws {
        let folder = try Folder()
        try folder.write("", to: "k.conf")
        try folder.makeFolder("k.conf.d")
        try folder.write("", toName: Array("k.conf.d/".utf8) + [0xFF] + Array(".conf".utf8))
        #expect(
            Configuration.load(folder.path("k.conf")).diagnostics.map(\.description) == [
                "\(folder.path("k.conf.d/\u{FFFD}.conf")): has a name that isn't UTF-8: rename it"
            ])
    }

    @Test func `a file that fails while it's read is an error`() {
        // Nothing is mapped at the first address of a process, so that reading its memory there fails.
        #expect(
            Configuration.load("/proc/self/mem").diagnostics.map(\.description) == [
                "/proc/self/mem: can't be read: Input/output error"
            ])
    }

    @Test(arguments: [EACCES, EPERM])
    func `who may not read is told who may`(code: Int32) {
        let text = FileError.system("opened", code).description
        #expect(text.hasPrefix("can't be opened: "))
        #expect(text.hasSuffix(" (run this as root, or as a member of the file's group)"))
    }
}

/// A folder of a test's own, which is gone when the test is over.
final class Folder {
    private let root = FileManager.default.temporaryDirectory.appendingPathComponent("knockconfig-\(UUID())").path

    init() throws {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func makeFolder(_ name: String) throws {
        try unsafe #require(mkdir(path(name), 0o700) == 0)
    }

    func write(_ text: String, to name: String, mode: mode_t = 0o600) throws {
        try write(text, toName: Array(name.utf8))
        try unsafe #require(chmod(path(name), mode) == 0)
    }

    func write(_ text: String, toName name: [UInt8]) throws {
        let path = (Array("\(root)/".utf8) + name + [0]).map(CChar.init(bitPattern:))
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        try unsafe #require(Foundation.write(descriptor, bytes, bytes.count) == bytes.count)
    }
}
