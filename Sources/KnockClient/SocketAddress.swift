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

    /// The first address that there's a route to, in the order of getaddrinfo(3) (RFC 6724). Where there's none to any of
    /// them it's the first of all, so that whoever sends to it hears why that can't be done.
    init(resolving host: String, family: Address.Family?) throws(KnockError) {
        let found = try SocketAddress.all(of: host, family: family)
        self = found.first(where: \.hasRoute) ?? found[0]
    }

    /// All addresses that a host's name stands for: one at least.
    private static func all(of host: String, family: Address.Family?) throws(KnockError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = family.map { $0 == .ipv4 ? AF_INET : AF_INET6 } ?? AF_UNSPEC
        unsafe hints.ai_socktype = Transport.udp.socketType
        var found: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(host, nil, &hints, &found)
        // The list is there when the look-up succeeded, and nobody reads it after this.
        defer { if let found = unsafe found { unsafe freeaddrinfo(found) } }
        var addresses: [SocketAddress] = []
        var next = unsafe result == 0 ? found : nil
        while let entry = unsafe next?.pointee {
            if let address = unsafe entry.ai_addr {
                unsafe addresses.append(SocketAddress(address, entry.ai_addrlen, of: host))
            }
            unsafe next = entry.ai_next
        }
        guard !addresses.isEmpty else {
            let reason = result == EAI_SYSTEM ? errorText(errno) : unsafe String(cString: gai_strerror(result))
            throw .unresolved(host: host, reason: reason)
        }
        return addresses
    }

    /// - Parameter address: points at as many bytes as `length` says.
    private init(_ address: UnsafePointer<sockaddr>, _ length: socklen_t, of host: String) {
        var storage = sockaddr_storage()
        self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
        // No more is copied than `address` points at, nor than fits.
        unsafe memcpy(&storage, address, Int(self.length))
        self.storage = storage
        description = unsafe SocketAddress.numbers(address, length) ?? host
    }

    /// AF_INET or AF_INET6.
    var domain: Int32 { Int32(storage.ss_family) }

    /// Whether the system knows a way there: it looks for one when a datagram socket is connected, and sends nothing.
    private var hasRoute: Bool {
        let descriptor = socket(domain, Transport.udp.socketType, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return unsafe withPort(9) { unsafe connect(descriptor, $0, $1) == 0 }
    }

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
