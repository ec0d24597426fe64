internal import CHost
import Glibc

/// The signals that steer a daemon, taken as data instead of interrupting it (signalfd(2)).
public struct SignalQueue: ~Copyable {
    public enum Signal: Sendable {
        /// SIGTERM or SIGINT: answer what is waiting and leave.
        case terminate
        /// SIGHUP: read the configuration again.
        case reload
    }

    public let descriptor: Descriptor

    /// Blocks the steering signals for this thread and takes them from here; SIGPIPE is ignored.
    public static func make() throws(HostError) -> SignalQueue {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, signal) }
        unsafe sigprocmask(SIG_SETMASK, &set, nil)  // Whatever the parent had blocked is of no interest here.
        signal(SIGPIPE, SIG_IGN)
        let flags = Int32(SFD_NONBLOCK | SFD_CLOEXEC)
        return SignalQueue(descriptor: try Descriptor(unsafe signalfd(-1, &set, flags), "make", "a signal queue"))
    }

    /// The next signal that came, if any.
    public borrowing func next() -> Signal? {
        var info = signalfd_siginfo()
        let size = MemoryLayout.size(ofValue: info)
        guard unsafe read(descriptor.number, &info, size) == size else { return nil }
        return Int32(info.ssi_signo) == SIGHUP ? .reload : .terminate
    }
}
