internal import CHost
import Glibc

/// Waits until one of many descriptors has something to say (epoll(7)).
@safe public struct Poller: ~Copyable {
    /// What to wait for.
    public struct Interest: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let reading = Interest(rawValue: EPOLLIN.rawValue)
        public static let writing = Interest(rawValue: EPOLLOUT.rawValue)
    }

    private let descriptor: Descriptor
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: 16)

    public static func make() throws(HostError) -> Poller {
        Poller(try Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)), "make", "an epoll instance"))
    }

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Begins to wait for `descriptor`, or waits for something else from now on; `token` comes back from `wait`.
    public borrowing func watch(_ descriptor: Int32, for interest: Interest, as token: UInt64) throws(HostError) {
        var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
        if unsafe epoll_ctl(self.descriptor.number, EPOLL_CTL_MOD, descriptor, &event) == 0 { return }
        guard unsafe epoll_ctl(self.descriptor.number, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
            throw HostError("watch", "descriptor \(descriptor)")
        }
    }

    /// Waits no longer for `descriptor`; closing it has the same effect.
    public borrowing func forget(_ descriptor: Int32) {
        epoll_ctl(self.descriptor.number, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Waits until something is ready, at most `milliseconds` (-1: for ever), and puts its tokens into `ready`.
    public mutating func wait(_ ready: inout [UInt64], milliseconds: Int32 = -1) throws(HostError) {
        ready.removeAll(keepingCapacity: true)
        let count = unsafe epoll_wait(descriptor.number, &events, Int32(events.count), milliseconds)
        guard count >= 0 || errno == EINTR else { throw HostError("wait for", "events") }
        for index in 0..<Int(max(0, count)) { unsafe ready.append(events[index].data.u64) }
    }
}
