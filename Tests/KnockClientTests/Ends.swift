import Foundation
import KnockCore

/// One end of a pipe, a pair of sockets or a terminal; it closes when nobody holds it any longer.
final class End: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Writes all of `bytes`, as long as it takes; answers how many there was a reader for.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Int {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { break }
            written += count
        }
        return written
    }

    /// Reads `count` bytes, or what comes until the end.
    func read(_ count: Int = .max) -> [UInt8] {
        var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
        while bytes.count < count {
            let got = unsafe Glibc.read(descriptor, &piece, min(piece.count, count - bytes.count))
            guard got > 0 else { break }
            bytes += piece[..<got]
        }
        return bytes
    }

    /// Has no more to say; a socket goes on listening.
    func end() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Leaves so that the other side sees a reset.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        leave()
    }

    /// Closes it before its time; the number stays taken.
    func leave() {
        let nowhere = unsafe open("/dev/null", O_RDWR)
        dup2(nowhere, descriptor)
        close(nowhere)
    }

    /// Two ends of what goes both ways.
    static func sockets() throws -> (End, End) {
        var pair: [Int32] = [0, 0]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else { throw POSIXError(.EMFILE) }
        return (End(pair[0]), End(pair[1]))
    }

    /// What is read at the first end is written at the second.
    static func pipe() throws -> (End, End) {
        var pair: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&pair) == 0 else { throw POSIXError(.EMFILE) }
        return (End(pair[0]), End(pair[1]))
    }

    /// What is read at the first end is written at the second, a terminal that changes nothing on its way.
    static func terminal() throws -> (End, End) {
        var (master, slave): (Int32, Int32) = (0, 0)
        guard unsafe openpty(&master, &slave, nil, nil, nil) == 0 else { throw POSIXError(.ENOTTY) }
        var settings = termios()
        unsafe tcgetattr(slave, &settings)
        unsafe cfmakeraw(&settings)
        unsafe tcsetattr(slave, TCSANOW, &settings)
        return (End(master), End(slave))
    }

    /// A connection over the loopback.
    static func connection() throws -> (End, End) {
        let listener = try Listener(.tcp)
        let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = listener.port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(caller, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0, let accepted = listener.accepted() else { throw POSIXError(.ECONNREFUSED) }
        return (End(caller), End(accepted))
    }
}

/// Does what may block on a thread of its own.
func onThread<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async -> Answer {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: work()) }
    }
}
