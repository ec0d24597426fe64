/// A wall clock that a story sets for its daemons alone: libfaketime moves CLOCK_REALTIME for them, and leaves the clock
/// since boot as it is.
import Foundation
import Testing

struct WallClock {
    /// By how much a clock is set, in words and in seconds.
    struct Step: Sendable, CustomTestStringConvertible {
        let words: String
        let seconds: Int

        var testDescription: String { words }

        static let hourOn = Step(words: "1 h on", seconds: 3600)
        static let hourBack = Step(words: "1 h back", seconds: -3600)
        static let decadeOn = Step(words: "10 years on", seconds: 315_576_000)
        static let decadeBack = Step(words: "10 years back", seconds: -315_576_000)
        static let all = [hourOn, hourBack, decadeOn, decadeBack]
    }

    private let file: String
    private let library: String

    init(on stage: Stage) throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib").map { "/usr/lib/\($0)/faketime" }
        let names = folders.map { $0 + "/libfaketime.so.1" }
        guard let found = names.first(where: FileManager.default.fileExists) else {
            throw StageError("libfaketime is missing: apt-get install libfaketime")
        }
        library = found
        file = try stage.write("+0\n", to: "clock")
    }

    /// For a daemon that is to go by this clock.
    var environment: [String: String] {
        [
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// Sets the clock so far from this machine's; nil for the same.
    func set(_ step: Step?) throws {
        // In one go, for the daemon may read at any moment.
        try Data(String(format: "%+d\n", step?.seconds ?? 0).utf8).write(
            to: URL(fileURLWithPath: file), options: .atomic)
    }

    /// Whether a daemon goes by the clock as it is set: it names the moment when a lease ends by it.
    func isFollowed(by stage: Stage, _ step: Step?) throws -> Bool {
        let reply = stage.ask("open ssh 198.51.100.99 600s") ?? ""
        let words = DateFormatter()
        words.locale = Locale(identifier: "en_US_POSIX")
        words.dateFormat = "yyyy-MM-dd HH:mm:ss"
        guard
            let end = reply.range(of: " until ").flatMap({
                words.date(from: String(reply[$0.upperBound...].prefix(19)))
            })
        else { throw StageError("no moment in \"\(reply)\"") }
        return abs(end.timeIntervalSinceNow - 600 - Double(step?.seconds ?? 0)) < 10
    }
}
