import Foundation
import KnockCore
import Subprocess
import Testing

extension Stories {
    @Suite struct `Without root` {
        @Test(.timeLimit(.minutes(1)))
        func `an ordinary user comes in, too`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, _ in
                let listener = try await stage.serves(22)
                try await stage.withProgramForAll { program in
                    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]
                    let command = [program, "connect", "203.0.113.5", "22", "2222:udp", "3333", "4444:udp"]
                    async let finished = stage.client.machine.run(.setpriv, nobody + command)
                    let other = try await listener.accept()
                    other.write("hello, nobody")
                    other.end()
                    let ended = try await finished
                    #expect(ended.status == .exited(0) && ended.output == "hello, nobody", "\(ended)")
                }
            }
        }
    }
}

extension Program {
    fileprivate static let setpriv = Program(name: "setpriv", package: "util-linux")
}

extension Stage {
    /// Gives the story a copy of knockgate where everybody can run it: the way to ours may be root's alone.
    fileprivate func withProgramForAll(_ story: (_ path: String) async throws -> Void) async throws {
        let open = FileManager.default.temporaryDirectory.appending(path: folder.lastPathComponent + "-open")
        try FileManager.default.createDirectory(at: open, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: open) }
        let program = open.appending(path: "knockgate").path
        try FileManager.default.copyItem(atPath: Program.knockgate.path, toPath: program)
        for path in [open.path, program] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        try await story(program)
    }
}
