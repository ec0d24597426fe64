import ArgumentParser
import Glibc
import KnockControl

/// A connection to the daemon that gives up when its time is over.
struct ControlConnection: ~Copyable {
    private let descriptor: Int32
    private let path: String
    private let deadline: ContinuousClock.Instant

    /// Connects to the socket at `path`; all that is done with it must be done within `patience`.
    static func open(path: String, patience: Duration) throws(Failure) -> ControlConnection {
        let address = try address(of: path)
        let connection = ControlConnection(path: path, deadline: .now + patience)
        guard connection.descriptor >= 0 else { throw connection.failure(errno) }
        try connection.connect(to: address)
        return connection
    }

    private init(path: String, deadline: ContinuousClock.Instant) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        (self.path, self.deadline, descriptor) = (path, deadline, socket(AF_UNIX, kind, 0))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Sends all of `bytes`. A daemon that hangs up before it has them may still have said why.
    func send(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // MSG_NOSIGNAL: a daemon that hangs up is no reason to die without a word.
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE || errno == ECONNRESET {
                return
            } else {
                try wait(for: POLLOUT)
            }
        }
    }

    /// Everything up to the end of a whole reply, or up to where the daemon hangs up.
    func receive() throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while !Reply.isWhole(bytes), bytes.count <= Reply.longest {
            let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                bytes += chunk[..<count]
            } else if count == 0 || errno == ECONNRESET {
                break
            } else {
                try wait(for: POLLIN)
            }
        }
        return bytes
    }

    /// Waits after a call that would have blocked; any other error is final.
    private func wait(for event: Int32) throws(Failure) {
        guard errno == EAGAIN || errno == EINTR else { throw failure(errno) }
        let rest = (deadline - ContinuousClock.now) / .milliseconds(1)
        guard rest > 0 else { throw failure(EAGAIN) }
        var wait = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        unsafe poll(&wait, 1, Int32(rest.rounded(.up)))
    }

    private func connect(to address: sockaddr_un) throws(Failure) {
        while !tryConnecting(to: address) {
            // EAGAIN: as many visitors wait as the daemon's backlog holds.
            guard errno == EAGAIN || errno == EINTR, ContinuousClock.now < deadline else { throw failure(errno) }
            usleep(20_000)
        }
    }

    private func tryConnecting(to address: sockaddr_un) -> Bool {
        unsafe withUnsafePointer(to: address) { pointer in
            // Every address begins as a sockaddr does, and its length goes with it.
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private static func address(of path: String) throws(Failure) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard (1...room).contains(path.utf8.count) else {
            throw Failure(.badUsage, "the path of a socket has 1 to \(room) bytes, unlike \"\(path)\"")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return address
    }

    private func failure(_ number: Int32) -> Failure { Failure(errno: number, path: path) }
}

extension Failure {
    /// Why there is no talking to the daemon at `path`, and what to do about it.
    init(errno number: Int32, path: String) {
        let words =
            switch number {
            case ENOENT, ECONNREFUSED, ENOTDIR:
                "no daemon at \(path): start knockgated (as a service: \"systemctl start knockgate\"), or name its socket with --socket"
            case EACCES, EPERM: "no right to \(path): use sudo, or join the group knockgate"
            case EAGAIN, EINTR: "the daemon at \(path) doesn't answer"
            default: "no talking to the daemon at \(path): \(errorText(number))"
            }
        self.init(.noDaemon, words)
    }
}
