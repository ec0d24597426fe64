import Glibc
import KnockCore

/// A socket on a free port of the loopback, to see what comes in.
final class Listener {
    static let loopback4 = "127.0.0.1"
    static let loopback6 = "::1"

    let port: UInt16
    private let descriptor: Int32

    struct Failure: Error {
        let call: String
        let number = errno
    }

    init(_ transport: Transport, at host: String = loopback4) throws {
        let kind = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let descriptor = socket(host == Listener.loopback6 ? AF_INET6 : AF_INET, Int32(kind.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket") }
        self.descriptor = descriptor
        var (address, length) = Listener.address(of: host)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else { throw Failure(call: "bind") }
        port = unsafe withUnsafeBytes(of: address) { unsafe UInt16($0[2]) << 8 | UInt16($0[3]) }
        guard transport == .udp || listen(descriptor, 8) == 0 else { throw Failure(call: "listen") }
    }

    deinit { close(descriptor) }

    /// Whether something has come within `time`.
    func isReady(within time: Duration) -> Bool { Listener.isReady(descriptor, within: time) }

    /// The next datagram; nil when none comes.
    func datagram(within time: Duration = .seconds(5)) -> [UInt8]? {
        isReady(within: time) ? Listener.read(descriptor) : nil
    }

    /// All that the next connection says; nil when none comes.
    func connection(within time: Duration = .seconds(5)) -> [UInt8]? {
        guard isReady(within: time) else { return nil }
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return nil }
        defer { close(connection) }
        return Listener.isReady(connection, within: .seconds(5)) ? Listener.read(connection) : nil
    }

    /// The next connection's descriptor, which is the caller's; nil when none comes.
    func accepted(within time: Duration = .seconds(5)) -> Int32? {
        guard isReady(within: time) else { return nil }
        let connection = accept(descriptor, nil, nil)
        return connection >= 0 ? connection : nil
    }

    private static func isReady(_ descriptor: Int32, within time: Duration) -> Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&wait, 1, Int32(time / .milliseconds(1))) == 1
    }

    private static func read(_ descriptor: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xFF, count: 64)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    private static func address(of host: String) -> (sockaddr_storage, socklen_t) {
        var storage = sockaddr_storage()
        if host == loopback6 {
            let address = sockaddr_in6(
                sin6_family: sa_family_t(AF_INET6), sin6_port: 0, sin6_flowinfo: 0, sin6_addr: in6addr_loopback,
                sin6_scope_id: 0)
            unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: address, as: sockaddr_in6.self) }
            return (storage, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: address, as: sockaddr_in.self) }
        return (storage, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
}
