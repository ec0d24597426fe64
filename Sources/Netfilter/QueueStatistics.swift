internal import Glibc
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
        guard let bytes = QueueStatistics.list else { return nil }
        self.init(queue: queue, in: String(decoding: bytes, as: UTF8.self))
    }

    /// The list, which the kernel lets root and its group open. To a daemon without those rights the service manager gives
    /// it as its standard input.
    private static var list: [UInt8]? {
        let path = "/proc/self/net/netfilter/nfnetlink_queue"
        return (try? Files.read(path)) ?? (try? Files.read(STDIN_FILENO, of: path))
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
