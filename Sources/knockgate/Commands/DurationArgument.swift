import ArgumentParser
import KnockConfig

extension Duration {
    /// Reads a duration as the configuration writes it.
    static func argument(_ text: String) throws -> Duration {
        guard let duration = Duration(setting: text), duration >= .milliseconds(1) else {
            throw ValidationError("a duration is written 15s, 5m, 1h30m or 500ms, and is at least 1ms, not \"\(text)\"")
        }
        return duration
    }
}
