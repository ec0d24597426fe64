import Glibc
import KnockCore

/// A capture's time as people write it: its clock counts from 1970, in UTC.
enum UTC {
    /// `2023-11-14` and `22:13:20.000000`; what is beyond microseconds is cut off.
    static func text(of time: Instant) -> (day: String, clock: String) {
        let (seconds, nanoseconds) = floorDivide(time.nanoseconds, by: 1_000_000_000)
        var (when, parts) = unsafe (time_t(seconds), tm())
        // SAFETY: both live until the call (gmtime_r) returns, and no time in 64 bits of nanoseconds is out of its range.
        unsafe gmtime_r(&when, &parts)
        let day = unsafe "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))"
        let clock = unsafe "\(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec))"
        return (day, clock + "." + String(1_000_000 + nanoseconds / 1000).dropFirst())
    }

    /// `22:13:50.000`, with the day before it where that is another than `now`'s.
    static func shortText(of time: Instant, from now: Instant) -> String {
        let (day, clock) = text(of: time)
        return (day == text(of: now).day ? "" : day + " ") + clock.dropLast(3)
    }

    /// Rounds towards the past, so that the rest is never negative.
    private static func floorDivide(_ number: Int64, by divisor: Int64) -> (Int64, Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    private static func digits(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
