internal import CHost
import Glibc

/// A Unix stream socket that others connect to (unix(7)), and its file.
public struct UnixListener: ~Copyable {
    public let descriptor: Descriptor
    public let path: String

    /// Listens at `path`. A socket file that nobody listens at any more is replaced; one that is in use is refused, as
    /// is any other kind of file.
    /// The file can be used by its owner and its group (0660), whatever the umask; its directory is made if need be.
    public static func bind(_ path: String) throws(HostError) -> UnixListener {
        guard let address = UnixSocketAddress(path) else {
            throw HostError("bind the control socket at", path, code: ENAMETOOLONG)
        }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try Files.makeDirectory(String(path[..<slash]), mode: 0o755)
        }
        guard isFree(path) else { throw HostError("bind the control socket at", path, code: EEXIST) }
        guard !isAnswered(address) else { throw HostError("bind the control socket at", path, code: EADDRINUSE) }
        unsafe unlink(path)
        let listener = UnixListener(descriptor: try streamSocket(for: path), path: path)
        let mask = umask(0o117)
        defer { umask(mask) }
        let number = listener.descriptor.number
        guard unsafe address.withPointer({ unsafe Glibc.bind(number, $0, $1) }) == 0, listen(number, 16) == 0 else {
            throw HostError("bind the control socket at", path)
        }
        return listener
    }

    /// Whether nothing stands at `path`, or a socket; any other file isn't ours to replace.
    private static func isFree(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Whether somebody accepts connections at `address`, or is to when those who wait before us have been heard (EAGAIN).
    private static func isAnswered(_ address: UnixSocketAddress) -> Bool {
        guard let probe = try? streamSocket(for: "a probe") else { return false }
        let number = probe.number
        return unsafe address.withPointer { unsafe connect(number, $0, $1) } == 0 || errno == EAGAIN
    }

    private static func streamSocket(for subject: String) throws(HostError) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return try Descriptor(socket(AF_UNIX, type, 0), "make a socket for", subject)
    }

    /// The next connection that waits, nil if there is none.
    ///
    /// Where the system has no descriptor for it, it goes on waiting: whoever polls would be called again at once.
    public borrowing func accept() throws(HostError) -> Descriptor? {
        let number = host_accept(descriptor.number)
        if number >= 0 { return Descriptor(owning: number) }
        switch errno {
        case EAGAIN, EINTR, ECONNABORTED: return nil
        default: throw HostError("accept a connection at", path)
        }
    }

    /// Takes the socket's file away, when the daemon leaves.
    public borrowing func removeFile() { unsafe unlink(path) }
}

/// Who is at the other end of a Unix socket.
public struct Peer: Sendable {
    public let user: UInt32
    public let process: Int32

    /// Asks the kernel (SO_PEERCRED); nil where it can't tell.
    public init?(of descriptor: Int32) {
        var (user, process): (UInt32, Int32) = (0, 0)
        guard unsafe host_peer(descriptor, &user, &process) == 0 else { return nil }
        (self.user, self.process) = (user, process)
    }
}
