/// What the kernel says of processes and queues.
import Foundation

enum Kernel {
    /// The time that a process has run so far, all its threads together, in seconds; counted in nanoseconds.
    static func runTime(of pid: Int32) throws -> Double {
        let folder = "/proc/\(pid)/task"
        let threads = try FileManager.default.contentsOfDirectory(atPath: folder)
        let times = try threads.map { thread -> Double in
            let text = try String(contentsOfFile: "\(folder)/\(thread)/schedstat", encoding: .utf8)
            guard let time = text.split(separator: " ").first.flatMap({ Double($0) }) else {
                throw BenchError("\(folder)/\(thread)/schedstat can't be read: \(text)")
            }
            return time
        }
        return times.reduce(0, +) / 1e9
    }

    /// The memory of a process that is in use (VmRSS), in bytes.
    static func residentMemory(of pid: Int32) throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard
            let size = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Double($0) }
            )
        else { throw BenchError("/proc/\(pid)/status has no VmRSS") }
        return size * 1024
    }

    /// A queue that a process listens to.
    struct Queue {
        /// Packets without an answer yet.
        let waiting: Int
        /// Packets for which there was no room, in the queue or in the listener's buffer.
        let lost: Int

        /// From /proc/net/netfilter/nfnetlink_queue: number, owner, waiting, copy mode, copy range, lost, lost, …
        init(_ number: Int = Bench.queue, of pid: Int32) throws {
            let list = try String(contentsOfFile: "/proc/\(pid)/net/netfilter/nfnetlink_queue", encoding: .utf8)
            for line in list.split(separator: "\n") {
                let fields = line.split(separator: " ").map { Int($0) ?? -1 }
                guard fields.count >= 8, fields[0] == number else { continue }
                (waiting, lost) = (fields[2], fields[5] + fields[6])
                return
            }
            throw BenchError("nobody is bound to queue \(number)")
        }
    }

    /// Waits until a listener has answered all that came.
    static func waitUntilAnswered(by pid: Int32) async throws {
        try await eventually("the queue is empty") { try Queue(of: pid).waiting == 0 }
    }
}

/// The machine that the figures are from.
struct MachineReport: CustomStringConvertible, Codable {
    let processor: String
    let processors: Int
    let kernel: String
    let system: String
    let loadBefore: Double

    init() throws {
        let lines = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8).split(separator: "\n")
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        processor = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        processors = ProcessInfo.processInfo.activeProcessorCount
        kernel = try String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        system = ProcessInfo.processInfo.operatingSystemVersionString
        let load = try String(contentsOfFile: "/proc/loadavg", encoding: .utf8)
        loadBefore = load.split(separator: " ").first.flatMap { Double($0) } ?? 0
    }

    var description: String {
        "\(processor), \(processors) processors, Linux \(kernel), \(system); load before: \(loadBefore.short)"
    }
}

extension Kernel {
    /// Whether somebody in a process's namespace captures packets: only one program there does.
    static func capturesPackets(_ pid: Int32) throws -> Bool {
        let list = try String(contentsOfFile: "/proc/\(pid)/net/packet", encoding: .utf8)
        return list.split(separator: "\n").count > 1  // The first line names the columns.
    }
}
