internal import Host

/// What the kernel says of a queue in /proc/net/netfilter/nfnetlink_queue.
public struct QueueStatistics: Equatable, Sendable {
    /// The netlink port that is bound to it: as a rule the process's id.
    public let owner: UInt32
    /// Packets without an answer yet.
    public let waiting: Int
    /// Packets thrown away because the queue was full, or the listener's buffer was, since it was bound.
    public let lost: UInt64
    /// The number that its last packet got; packets are numbered from 1, past 2³² from 0.
    let lastID: UInt32

    /// Reads the kernel's list; nil when nobody is bound to the queue, or the list can't be read.
    public init?(queue: UInt16) {
        guard let bytes = try? Files.read("/proc/self/net/netfilter/nfnetlink_queue") else { return nil }
        self.init(queue: queue, in: String(decoding: bytes, as: UTF8.self))
    }

    /// Finds the queue's line in the list: number, owner, waiting, copy mode, copy range, queue's losses, listener's
    /// losses, last id, 1 (seq_show in the kernel's nfnetlink_queue.c).
    init?(queue: UInt16, in list: String) {
        for line in list.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 8, UInt16(fields[0]) == queue, let owner = UInt32(fields[1]),
                let waiting = Int(fields[2]), let queueLost = UInt64(fields[5]), let listenerLost = UInt64(fields[6]),
                let lastID = UInt32(fields[7])
            else { continue }
            (self.owner, self.waiting, self.lastID) = (owner, waiting, lastID)
            lost = queueLost + listenerLost
            return
        }
        return nil
    }
}
