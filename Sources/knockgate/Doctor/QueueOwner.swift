/// Who is bound to one of the kernel's queues.
struct QueueOwner: Equatable {
    /// The netlink port: as a rule the process's id. A socket that was handed on keeps that of the process which bound it.
    let port: UInt32
    /// The name of the process that has this id now; nil when there is none.
    var process: String?

    /// Finds the queue's line in /proc/net/netfilter/nfnetlink_queue, which begins with its number and the netlink port;
    /// nil when nobody is bound to it. `name` knows the processes that live.
    init?(of queue: UInt16, in list: String, name: (UInt32) -> String?) {
        for line in list.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 2, UInt16(fields[0]) == queue, let port = UInt32(fields[1]) else { continue }
            (self.port, process) = (port, name(port))
            return
        }
        return nil
    }
}
