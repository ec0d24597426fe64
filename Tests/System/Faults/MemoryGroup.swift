/// A control group of its own for the memory of a daemon, of either version, whichever this machine has.
import Foundation

struct MemoryGroup {
    let folder: String
    private let isOld: Bool

    fileprivate init(named name: String) throws {
        isOld = FileManager.default.fileExists(atPath: "/sys/fs/cgroup/memory/memory.limit_in_bytes")
        folder = (isOld ? "/sys/fs/cgroup/memory/" : "/sys/fs/cgroup/") + name
        if !isOld { try? MemoryGroup.write("+memory", to: "/sys/fs/cgroup/cgroup.subtree_control") }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        guard FileManager.default.fileExists(atPath: file("memory.limit_in_bytes", "memory.max")) else {
            throw StageError("this machine has no control groups for memory")
        }
        // What is full is to be full, and not to go to a disk.
        try? MemoryGroup.write("0", to: file("memory.swappiness", "memory.swap.max"))
    }

    /// A script that has a program in this group. A machine of the stage has a /sys of its own, without groups.
    fileprivate var script: String { "echo 0 > /proc/\(getpid())/root\(folder)/cgroup.procs && exec \"$@\"" }

    func limit(to bytes: Int) throws {
        try MemoryGroup.write("\(bytes)", to: file("memory.limit_in_bytes", "memory.max"))
    }

    /// How much is in use.
    var used: Int { get throws { try number(in: file("memory.usage_in_bytes", "memory.current")) } }

    /// How often the kernel has killed for want of memory.
    var kills: Int {
        get throws {
            let text = try String(contentsOfFile: file("memory.oom_control", "memory.events"), encoding: .utf8)
            let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
            return line.flatMap { Int($0.dropFirst("oom_kill ".count)) } ?? 0
        }
    }

    private func file(_ old: String, _ new: String) -> String { "\(folder)/\(isOld ? old : new)" }

    private func number(in path: String) throws -> Int {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let number = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw StageError("\(path) has no number: \(text)")
        }
        return number
    }

    private static func write(_ text: String, to path: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }
}

extension Stage {
    /// Starts the daemon in a group, plays the story, and ends the daemon, if the kernel hasn't done so already.
    func withDaemon<Answer: Sendable>(
        _ configuration: String, in group: MemoryGroup, _ story: (Daemon) async throws -> Answer
    ) async throws -> Answer {
        let file = try write(configuration, to: "knockgate.conf")
        let arguments = try [
            "-c", group.script, "sh", Program.knockgated.path, "--config", file, "--socket", path("control.sock"),
            "--state", path("state"),
        ]
        return try await server.hosting(.shell, arguments, ready: "ready") {
            try await story(Daemon(stage: self, process: $0))
        }.answer
    }

    /// Plays the story with a group of the stage's name, which is empty at its end.
    func withMemoryGroup<Answer>(_ story: (MemoryGroup) async throws -> Answer) async throws -> Answer {
        let group = try MemoryGroup(named: folder.lastPathComponent)
        let answer: Result<Answer, any Error>
        do { answer = .success(try await story(group)) } catch { answer = .failure(error) }
        try await eventually("the group is empty") { unsafe rmdir(group.folder) == 0 }
        return try answer.get()
    }
}
