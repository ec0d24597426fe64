public import Host

/// Why the kernel's queue can't be had.
public enum QueueError: Error, Equatable, CustomStringConvertible {
    /// The process lacks CAP_NET_ADMIN.
    case notPermitted(queue: UInt16)
    /// Another socket is bound to the queue; `owner` is its netlink port, as a rule the process's id.
    case taken(queue: UInt16, owner: UInt32)
    /// The queue was ours, and isn't any longer; nil for an owner where nobody is bound to it, or nobody may know.
    case lost(queue: UInt16, owner: UInt32?)
    /// The kernel has no nfnetlink_queue, or its module can't be loaded.
    case missing
    /// The kernel refused something else.
    case failed(HostError)

    public var description: String {
        switch self {
        case .notPermitted(let queue):
            """
            cannot bind queue \(queue): this takes the capability CAP_NET_ADMIN; run as root, or give the service \
            AmbientCapabilities=CAP_NET_ADMIN
            """
        case .taken(let queue, let owner):
            """
            cannot bind queue \(queue): \(QueueError.name(of: owner)) is bound to it; stop that, or choose another \
            number by `queue =` in the configuration and in the rule
            """
        case .lost(let queue, let owner):
            """
            queue \(queue) was taken away: \(owner.map(QueueError.name) ?? "nobody") is bound to it now; what the rule sends \
            there is dropped until this daemon has it again
            """
        case .missing:
            """
            cannot bind a queue: this kernel has no nfnetlink_queue; load it by `modprobe nfnetlink_queue` \
            (CONFIG_NETFILTER_NETLINK_QUEUE)
            """
        case .failed(let error):
            error.description
        }
    }

    private static func name(of owner: UInt32) -> String {
        guard let command = try? Files.read("/proc/\(owner)/comm", limit: 64) else { return "another program" }
        return "process \(owner) (\(String(decoding: command, as: UTF8.self).prefix { $0 != "\n" }))"
    }
}
