internal import CHost
import Glibc

/// The broadcast addresses of this machine's networks: 192.0.2.255 in 192.0.2.0/24. They come and go with its addresses,
/// and nothing in a packet tells them from others.
public struct BroadcastWatch: ~Copyable {
    /// Becomes readable when an address came or went (rtnetlink(7)).
    public let descriptor: Descriptor

    public static func make() throws(HostError) -> BroadcastWatch {
        BroadcastWatch(descriptor: try Descriptor(host_watch_addresses(), "watch", "this machine's addresses"))
    }

    /// Takes note that something changed.
    public borrowing func acknowledge() {
        var notice = [UInt8](repeating: 0, count: 4096)
        // What changed isn't read: `addresses` looks at all of it anew. ENOBUFS says that notices were lost, no more.
        while unsafe read(descriptor.number, &notice, notice.count) > 0 || errno == ENOBUFS || errno == EINTR {}
    }

    /// The addresses as they are now, IPv4 in host order; nil when they can't be read, for want of a descriptor as a rule.
    /// More than 1,024 are cut off.
    public var addresses: [UInt32]? {
        var list = [UInt32](repeating: 0, count: 1024)
        let count = unsafe host_broadcast_addresses(&list, Int32(list.count))
        return count < 0 ? nil : Array(list.prefix(Int(count)))
    }
}
