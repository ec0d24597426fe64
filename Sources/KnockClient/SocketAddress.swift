internal import KnockCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A host's address in the form that sockets take.
struct SocketAddress: Sendable, CustomStringConvertible {
    let description: String
    private let storage: sockaddr_storage
    private let length: socklen_t

    /// The first address that getaddrinfo(3) finds; it puts those this machine has a route to in front (RFC 6724).
    init(resolving host: String, family: Address.Family?) throws(KnockError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = family.map { $0 == .ipv4 ? AF_INET : AF_INET6 } ?? AF_UNSPEC
        unsafe hints.ai_socktype = Transport.udp.socketType
        var found: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(host, nil, &hints, &found)
        // The list is there when the look-up succeeded, and nobody reads it after this.
        defer { if let found = unsafe found { unsafe freeaddrinfo(found) } }
        guard result == 0, let first = unsafe found?.pointee, let address = unsafe first.ai_addr else {
            let reason = result == EAI_SYSTEM ? errorText(errno) : unsafe String(cString: gai_strerror(result))
            throw .unresolved(host: host, reason: reason)
        }
        var storage = sockaddr_storage()
        length = unsafe min(first.ai_addrlen, socklen_t(MemoryLayout<sockaddr_storage>.size))
        // `address` points at as many bytes as its length says, and no more than fit are copied.
        unsafe memcpy(&storage, address, Int(length))
        self.storage = storage
        description = unsafe SocketAddress.numbers(address, length) ?? host
    }

    /// AF_INET or AF_INET6.
    var domain: Int32 { Int32(storage.ss_family) }

    /// Calls `body` with the address and its length, its port set.
    func withPort<Result>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = storage
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            // In sockaddr_in and sockaddr_in6 alike the port stands in bytes 2 and 3, in network order.
            unsafe bytes[2] = UInt8(truncatingIfNeeded: port >> 8)
            unsafe bytes[3] = UInt8(truncatingIfNeeded: port)
        }
        return unsafe withUnsafePointer(to: storage) { pointer in
            // A sockaddr_storage begins as every sockaddr does, and is aligned for each.
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }

    private static func numbers(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let result = unsafe getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        return result == 0 ? String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}

/// What an errno means, in the system's words.
func errorText(_ number: Int32) -> String {
    // strerror answers with a string for every number, and this program has one thread.
    unsafe String(cString: strerror(number))
}
