/// A small disk of its own for the daemon's state: in memory, or ext4 in a file.
import Foundation
import Glibc
import Subprocess
import Synchronization

final class Disk: Sendable {
    enum Kind {
        case memory
        case file
    }

    private let stage: Stage
    private let kind: Kind
    private let filling = Mutex<Task<Void, any Error>?>(nil)

    fileprivate init(_ kind: Kind, on stage: Stage) {
        (self.stage, self.kind) = (stage, kind)
    }

    private var folder: String { stage.folder.path }
    private var image: String { stage.path("disk") }
    private var place: String { stage.path("state") }
    private var ballast: String { place + "/ballast" }

    fileprivate func make() async throws {
        // Shared, so that the disk is taken from everybody at once: each program on a machine of a stage, of any run, sees
        // what was mounted when it began.
        try await Program.mount.run(["--bind", folder, folder]).succeeded()
        try await Program.mount.run(["--make-shared", folder]).succeeded()
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        if kind == .file {
            try Data(count: 4 << 20).write(to: URL(fileURLWithPath: image))
            try await Program.mkfs.run(["-q", "-J", "size=1", image]).succeeded()
        }
        try await mount()
    }

    private func mount() async throws {
        switch kind {
        case .memory:
            try await Program.mount.run(["-t", "tmpfs", "-o", "size=64k,mode=700", "state", place]).succeeded()
        case .file: try await Program.mount.run(["-o", "loop", image, place]).succeeded()
        }
    }

    fileprivate func takeAway() async {
        await stopFilling()
        for path in [place, folder] { _ = try? await Program.umount.run(["--lazy", path]) }
    }

    /// Takes all the room that is left, and whatever becomes free, until `makeRoom`.
    func fillUp() {
        fill()
        let task = Task { [self] in
            while !Task.isCancelled {
                fill()
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        filling.withLock { $0 = task }
    }

    func makeRoom() async throws {
        await stopFilling()
        try FileManager.default.removeItem(atPath: ballast)
    }

    private func stopFilling() async {
        let task = filling.withLock { $0 }
        task?.cancel()
        _ = await task?.result
    }

    private func fill() {
        let file = unsafe open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(file) }
        let block = [UInt8](repeating: 0, count: 4096)
        while unsafe write(file, block, block.count) > 0 {}
    }

    /// Has the kernel find the disk broken: from now on nothing on it can be changed.
    func breakDown() async throws {
        try await Program.mount.run(["-o", "remount,abort", place]).succeeded()
    }

    /// Takes the disk out, has it checked, and puts it in again. Nobody may have a file open on it.
    func repair() async throws {
        try await eventually("the disk is out") { try await Program.umount.run([place]).status.isSuccess }
        // A dead daemon's view of it lives a moment longer.
        try await eventually("the disk is let go of") {
            try await Program.losetup.run(["--associated", image]).output.isEmpty
        }
        let checked = try await Program.fsck.run(["-f", "-y", image])
        // 1 says that it found something, and mended it.
        if checked.status != .exited(1) { try checked.succeeded() }
        try await mount()
    }
}

extension Program {
    fileprivate static let mount = Program(name: "mount", package: "mount")
    fileprivate static let umount = Program(name: "umount", package: "mount")
    fileprivate static let losetup = Program(name: "losetup", package: "mount")
    fileprivate static let mkfs = Program(name: "mkfs.ext4", package: "e2fsprogs")
    fileprivate static let fsck = Program(name: "e2fsck", package: "e2fsprogs")
}

extension Stage {
    /// Plays the story with a disk of its own for the daemon's state.
    func withDisk<Answer>(_ kind: Disk.Kind, _ story: (Disk) async throws -> Answer) async throws -> Answer {
        let disk = Disk(kind, on: self)
        let answer: Result<Answer, any Error>
        do {
            try await disk.make()
            answer = .success(try await story(disk))
        } catch {
            answer = .failure(error)
        }
        await disk.takeAway()
        return try answer.get()
    }
}
