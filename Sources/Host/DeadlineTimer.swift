internal import CHost
import Glibc

/// A descriptor that becomes readable at a moment of `Clock.sinceBoot` (timerfd_create(2)).
public struct DeadlineTimer: ~Copyable {
    public let descriptor: Descriptor
    private var setTo: Int64?

    public static func make() throws(HostError) -> DeadlineTimer {
        let flags = Int32(TFD_NONBLOCK | TFD_CLOEXEC)
        return DeadlineTimer(try Descriptor(timerfd_create(CLOCK_BOOTTIME, flags), "make", "a timer"))
    }

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Rings at `moment`, at once if that is past, or never; costs nothing when it is set so already.
    public mutating func ring(at moment: Int64?) {
        guard moment != setTo else { return }
        setTo = moment
        let moment = moment.map { max($0, 1) } ?? 0  // 0 would disarm the timer.
        var time = itimerspec()
        time.it_value = timespec(tv_sec: Int(moment / 1_000_000_000), tv_nsec: Int(moment % 1_000_000_000))
        unsafe timerfd_settime(descriptor.number, Int32(TFD_TIMER_ABSTIME), &time, nil)
    }

    /// Takes note that the timer rang, so that it can be set again.
    public mutating func acknowledge() {
        var count: UInt64 = 0
        unsafe read(descriptor.number, &count, MemoryLayout.size(ofValue: count))
        setTo = nil
    }
}
