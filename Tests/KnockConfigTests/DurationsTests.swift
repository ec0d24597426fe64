import KnockCore
import Testing

@Suite struct DurationsTests {
    @Test(arguments: [
        ("15s", Duration.seconds(15)), ("15", .seconds(15)), ("0.5", .milliseconds(500)), ("2m", .seconds(120)),
        ("1h30m", .seconds(5400)), ("1h 30m", .seconds(5400)), ("1h30m15s", .seconds(5415)),
        ("500ms", .milliseconds(500)),
        ("1.5s", .milliseconds(1500)), ("0.001", .milliseconds(1)), ("1ms", .milliseconds(1)), ("1d", .seconds(86400)),
        ("365d", .seconds(31_536_000)), ("2min 5sec", .seconds(125)), ("0.25h", .seconds(900)),
        ("8760h", .seconds(31_536_000)),
        ("0.123456789", .nanoseconds(123_456_789)), ("0s1s", .seconds(1)),
    ])
    func `a duration is written with units, and without one in seconds`(text: String, duration: Duration) throws {
        #expect(try door(saying: "open_for = \(text)").openFor == duration)
    }

    @Test(arguments: [
        "soon", "s", "15x", "15S", "-5s", "+5s", "1h30", "1 30", "15 s", ".5", "5.", "1.2.3", "1,5s", "1e3", "½", "5é",
        "1234567890s", "0.1234567890", "٣s", "1h,30m", "infinity", "1h-30m",
    ])
    func `anything else is no duration`(text: String) {
        #expect(
            told(ofDoorSaying: "open_for = \(text)") == [
                "k.conf:2:12: open_for is written 15s, 2m, 1h30m or 500ms, not \"\(text)\""
            ])
    }

    @Test(arguments: ["0", "0s", "0.9ms", "0.000000001", "365d1ms", "366d", "999999999d", "999999999d 999999999d"])
    func `a lease lasts a millisecond to a year`(text: String) {
        #expect(told(ofDoorSaying: "open_for = \(text)") == ["k.conf:2:12: open_for is 1ms to 365d, not \"\(text)\""])
    }

    @Test func `a visit lasts a millisecond to an hour`() throws {
        #expect(try door(saying: "seq_timeout = 1h").sequenceTimeout == .seconds(3600))
        #expect(try door(saying: "seq_timeout = 1ms").sequenceTimeout == .milliseconds(1))
        #expect(
            told(ofDoorSaying: "seq_timeout = 3600.001") == ["k.conf:2:15: seq_timeout is 1ms to 1h, not \"3600.001\""])
    }
}
