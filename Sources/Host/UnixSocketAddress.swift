public import Glibc

/// Where a Unix socket is to be found: a path, or after `@` a name without a file (unix(7)).
public struct UnixSocketAddress {
    private var address = sockaddr_un()
    private let length: socklen_t

    /// Answers nil for an empty path, or one longer than the 107 bytes that fit.
    public init?(_ path: String) {
        let bytes = Array(path.utf8)
        let isAbstract = bytes.first == UInt8(ascii: "@")
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < room else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        // sun_path is a tuple of `room` bytes, and `bytes` was seen to be shorter.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        if isAbstract { address.sun_path.0 = 0 }
        let header = MemoryLayout.size(ofValue: address) - room
        length = socklen_t(header + bytes.count + (isAbstract ? 0 : 1))
    }

    /// Lends the address as the calls of socket(7) want it.
    public func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
