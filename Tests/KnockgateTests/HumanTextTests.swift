import Testing

@testable import knockgate

@Suite struct HumanTextTests {
    @Test(arguments: [
        (Duration.seconds(-1), "0.0 s"), (.zero, "0.0 s"), (.milliseconds(99), "0.0 s"),
        (.milliseconds(8_299), "8.2 s"),
        (.nanoseconds(59_999_999_999), "59.9 s"), (.seconds(60), "1 min 0 s"), (.seconds(3_599), "59 min 59 s"),
        (.seconds(3_600), "1 h 0 min"), (.seconds(86_399), "23 h 59 min"), (.seconds(86_400), "1 d 0 h"),
        (.seconds(1_000_000), "11 d 13 h"),
    ])
    func `a duration is told in its two largest units, rounded down`(duration: Duration, text: String) {
        #expect(duration.humanText == text)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678"), (-1_000, "-1,000"),
        (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func `large numbers are grouped`(number: Int, text: String) {
        #expect(number.grouped == text)
    }

    @Test func `one is counted without an s`() {
        #expect([0, 1, 2, 1_200].map { $0.counted("lease") } == ["0 leases", "1 lease", "2 leases", "1,200 leases"])
    }

    @Test func `a word longer than the line stands alone and whole`() {
        #expect("a verylongword b c".wrapped(to: 4) == ["a", "verylongword", "b c"])
        #expect("  a  ".wrapped(to: nil) == ["  a  "])
    }
}
