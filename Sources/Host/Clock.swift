import Glibc

/// The clocks of this machine, in nanoseconds.
public enum Clock {
    /// Time since the machine was booted, sleep included (CLOCK_BOOTTIME, clock_gettime(2)): it never jumps.
    public static var sinceBoot: Int64 { read(CLOCK_BOOTTIME) }

    /// Time since 1970-01-01 00:00 UTC as the machine believes it to be (CLOCK_REALTIME): it jumps when it is set.
    public static var wall: Int64 { read(CLOCK_REALTIME) }

    /// Time since boot without sleep (CLOCK_MONOTONIC): what systemd wants to be told.
    static var monotonic: Int64 { read(CLOCK_MONOTONIC) }

    /// Waits at least this long (nanosleep(2)).
    public static func pause(nanoseconds: Int) {
        var time = timespec(tv_sec: 0, tv_nsec: nanoseconds)
        unsafe nanosleep(&time, nil)
    }

    /// A moment of the wall clock in local time: `2026-11-21 09:30:00`.
    public static func text(wall nanoseconds: Int64) -> String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = unsafe tm()
        unsafe localtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return unsafe "\(1900 + Int(parts.tm_year))-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            + " \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
