#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The names that this machine knows ports by (services(5)).
public enum Services {
    /// The TCP port of a service: 22 for `ssh`. Nil for a name that isn't known.
    public static func port(of name: String) -> UInt16? {
        // The answer is the C library's own, and stays until the next question; this program has one thread.
        guard let service = unsafe getservbyname(name, "tcp") else { return nil }
        // 16 bits in network order.
        return unsafe UInt16(bigEndian: UInt16(truncatingIfNeeded: service.pointee.s_port))
    }
}
