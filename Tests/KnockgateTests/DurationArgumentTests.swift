import ArgumentParser
import Testing

@testable import knockgate

@Suite struct DurationArgumentTests {
    @Test(arguments: [
        ("15", Duration.seconds(15)), ("0.5", .milliseconds(500)), ("15s", .seconds(15)), ("15sec", .seconds(15)),
        ("2m", .seconds(120)), ("2min", .seconds(120)), ("1h30m", .seconds(5_400)), ("0.5h", .seconds(1_800)),
        ("1d", .seconds(86_400)), ("500ms", .milliseconds(500)), ("1ms", .milliseconds(1)), ("1h 30m", .seconds(5_400)),
    ])
    func `a duration is written as in the configuration`(text: String, duration: Duration) throws {
        #expect(try Duration.argument(text) == duration)
    }

    @Test(arguments: [
        "", "0", "0s", "0.9ms", "-5", "-5s", "+5", "5x", "s", "5s5", "5 s", "1.s", ".5s", "1.2.3s", "1e3",
        "1234567890s",
        "0.1234567890s", "5S", "٣s",
    ])
    func `what isn't a duration is refused`(text: String) {
        let error = #expect(throws: ValidationError.self) { try Duration.argument(text) }
        #expect(
            error?.message == "a duration is written 15s, 5m, 1h30m or 500ms, and is at least 1ms, not \"\(text)\"")
    }
}
