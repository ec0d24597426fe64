/// Stands in for systemd: hears what the daemon tells of itself on NOTIFY_SOCKET (sd_notify(3)).
import Glibc
import Synchronization

final class ServiceManager: Sendable {
    private let socket: Int32
    private let heard = Mutex<[String]>([])

    /// Listens at `path`.
    init(at path: String) throws {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard socket >= 0, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw StageError("can't listen at \(path)")
        }
        // The path was seen to fit, and the call uses the address while it lasts.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw StageError("can't listen at \(path): \(errorText(errno))") }
    }

    deinit { close(socket) }

    /// The first line of each message so far.
    var messages: [String] {
        heard.withLock { heard in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = unsafe recv(socket, &buffer, buffer.count, 0)
                guard count > 0 else { return heard }
                let text = String(decoding: buffer[..<count], as: UTF8.self)
                heard.append(String(text.prefix { $0 != "\n" }))
            }
        }
    }
}
