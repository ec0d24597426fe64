internal import CHost
import Glibc

/// Tells the service manager how the daemon fares, by datagrams to NOTIFY_SOCKET (sd_notify(3)).
///
/// Without such a socket in the environment everything here does nothing.
public struct ServiceNotifier: ~Copyable {
    /// How often the manager wants to hear `alive()`, in nanoseconds: half of WATCHDOG_USEC, as sd_watchdog_enabled(3)
    /// recommends. Nil when it doesn't ask.
    public let watchdogInterval: Int64?

    /// Where the manager listens, and a socket to speak from.
    private let manager: UnixSocketAddress?
    private let number: Int32

    /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    public init() {
        manager = Environment["NOTIFY_SOCKET"].flatMap(UnixSocketAddress.init)
        number = manager == nil ? -1 : socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let isForUs = Environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        watchdogInterval = Environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap { usec in
            isForUs && usec > 0 && usec <= .max / 500 ? usec * 500 : nil
        }
    }

    deinit {
        if number >= 0 { close(number) }
    }

    /// The daemon answers packets now.
    public borrowing func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }

    /// A new configuration is being read; `ready` follows.
    public borrowing func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(Clock.monotonic / 1000)")
    }

    /// The daemon is about to leave.
    public borrowing func stopping() { send("STOPPING=1") }

    /// The watchdog may be calm.
    public borrowing func alive() { send("WATCHDOG=1") }

    /// Has the manager hold a copy of `descriptor` while this daemon is away, and give it to the next one, who asks
    /// `HeldDescriptor` for it by this name (FDSTORE). The manager isn't to drop it for an error that waits in it (FDPOLL).
    public borrowing func keep(_ descriptor: Int32, as name: String) {
        guard number >= 0, let manager else { return }
        let state = Array("FDSTORE=1\nFDPOLL=0\nFDNAME=\(name)".utf8)
        unsafe manager.withPointer { address, length in
            // All pointers are good for the length of the call; unheard, the daemon only starts the slower next time.
            _ = unsafe host_send_descriptor(number, state, state.count, descriptor, address, length)
        }
    }

    /// Has the manager let go of what it holds by this name (FDSTOREREMOVE).
    public borrowing func letGo(of name: String) { send("FDSTOREREMOVE=1\nFDNAME=\(name)") }

    private borrowing func send(_ state: String) {
        guard number >= 0, let manager else { return }
        unsafe manager.withPointer { address, length in
            var state = state
            state.withUTF8 { bytes in
                // Both pointers are good for the length of the call; a lost notice is the manager's to miss.
                _ = unsafe sendto(
                    number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), address,
                    length)
            }
        }
    }
}
