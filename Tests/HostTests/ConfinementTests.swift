import Glibc
import Testing

@testable import Host

/// What a process takes from itself is gone for good: each of these is tried in a process of its own.
@Suite struct ConfinementTests {
    private func inFolders(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/knockgate-tests-XXXXXX".utf8CString)
        let made = unsafe mkdtemp(&template)
        let path = try #require(unsafe made.map { unsafe String(cString: $0) })
        for name in ["state", "run", "else"] { try Files.makeDirectory("\(path)/\(name)") }
        try Files.replace("\(path)/run/socket", with: [], lasting: false)
        defer {
            for name in ["state/file", "run/socket", "run/file", "else/file"] { unsafe unlink("\(path)/\(name)") }
            for name in ["state", "run", "else"] { unsafe rmdir("\(path)/\(name)") }
            unsafe rmdir(path)
        }
        try await body(path)
    }

    @Test func `behind the fence files change in two folders, and no program is run`() async throws {
        try await inFolders { path in
            await #expect(processExitsWith: .success) { [path = path as String] in
                func isForbidden(_ result: Int32) -> Bool { result < 0 && errno == EACCES }
                guard try Confinement.fence(writing: path + "/state", removing: path + "/run") else { return }
                try Files.replace(path + "/state/file", with: [1], lasting: true)
                #expect(try Files.read(path + "/state/file") == [1])
                for folder in ["run", "else"] {
                    #expect(isForbidden(unsafe open("\(path)/\(folder)/file", O_WRONLY | O_CREAT, 0o600)))
                    #expect(isForbidden(unsafe mkdir("\(path)/\(folder)/file", 0o700)))
                }
                #expect(isForbidden(unsafe rename(path + "/state/file", path + "/else/file")) || errno == EXDEV)
                #expect(unsafe unlink(path + "/run/socket") == 0)
                #expect(isForbidden(unsafe rmdir(path + "/else")))
                var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
                #expect(isForbidden(unsafe execv("/bin/true", &arguments)))
                #expect(try !Files.read("/etc/passwd").isEmpty, "reading is left to the rights")
            }
        }
    }

    @Test func `no dump is made behind the shield, and no program run with more rights`() async {
        await #expect(processExitsWith: .success) {
            try Confinement.shield()
            let thread = String(decoding: try Files.read("/proc/thread-self/status"), as: UTF8.self)
            #expect(thread.contains("\nNoNewPrivs:\t1\n"))
            let limits = String(decoding: try Files.read("/proc/self/limits"), as: UTF8.self)
            let cores = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            #expect(cores?.split(whereSeparator: \.isWhitespace).dropFirst(4).prefix(2) == ["0", "0"])
        }
    }

    @Test func `capabilities that were given up are gone, and those that weren't held aren't gained`() async {
        await #expect(processExitsWith: .success) {
            let held = Capability.permitted
            try Capability.keep([.administeringNetwork, .overridingFileRights], using: .administeringNetwork)
            #expect(Capability.effective == held.intersection(.administeringNetwork))
            #expect(Capability.permitted == held.intersection([.administeringNetwork, .overridingFileRights]))
            try Capability.keep(.administeringNetwork, using: .administeringNetwork)
            try Capability.keep(.overridingFileRights, using: .overridingFileRights)
            #expect(Capability.permitted.isEmpty && Capability.effective.isEmpty)
        }
    }

    @Test func `a folder's name is what stands before the last slash`() {
        #expect(Files.folder(of: "/run/knockgate/control.sock") == "/run/knockgate/")
        #expect(Files.folder(of: "/sock") == "/" && Files.folder(of: "sock") == ".")
        #expect(Files.mayChange(folder: "/tmp"))
    }
}
