/// What a daemon holds of the machine's memory and descriptors (proc(5)).
import Foundation
import Testing

struct Footprint {
    /// VmRSS.
    let kilobytes: Int
    let descriptors: Int
}

extension Daemon {
    var footprint: Footprint {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            let words = line?.split(whereSeparator: \.isWhitespace) ?? []
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.pid)/fd").count
            return try Footprint(
                kilobytes: #require(words.dropFirst().first.flatMap { Int($0) }), descriptors: descriptors)
        }
    }

    /// What it holds when it has been asked before, and the flood's sources all have their visits: the tables' memory is
    /// touched for the first time then.
    var settledFootprint: Footprint {
        get async throws {
            for _ in 0..<20 { _ = try await status() }
            try await waits(until: "all the noise was heard") { $0.verdicts.total > 10_000 }
            return try footprint
        }
    }

    /// Waits until the daemon holds as many descriptors again as before.
    func waits(untilItHolds descriptors: Int) async throws {
        try await eventually("the daemon holds \(descriptors) descriptors", log: process.log) {
            try footprint.descriptors == descriptors
        }
    }
}
