/// Names for the stages of a run, each used once: `kg812-1`, `kg812-2`, …
///
/// Whoever started the run may name it in KNOCKGATE_STAGE, to find and remove what a killed run left behind.
import Foundation
import Synchronization

enum StageName {
    private static let count = Atomic(0)
    private static let run = ProcessInfo.processInfo.environment["KNOCKGATE_STAGE"] ?? "kg\(getpid())"

    static func next() -> String {
        "\(run)-\(count.add(1, ordering: .relaxed).newValue)"
    }
}
