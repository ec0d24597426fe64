import Glibc

/// What the service manager held for this daemon while it was away (sd_listen_fds(3); FileDescriptorStoreMax= in
/// systemd.service(5)).
public enum HeldDescriptor {
    private static let first: Int32 = 3  // SD_LISTEN_FDS_START

    /// How many came, 0 where what came is meant for another process.
    private static var count: Int32 {
        guard Environment["LISTEN_PID"] == String(getpid()),
            let count = Environment["LISTEN_FDS"].flatMap(Int32.init), (1...1024).contains(count)
        else { return 0 }
        return count
    }

    /// The number behind the last that came.
    static var end: Int32 { first + count }

    /// Takes over the descriptor that was kept as `name`, and closes all others that came with it: nobody would know what
    /// they are. To be called once, at the start.
    ///
    /// - Returns: nil where none of that name came, or what came is meant for another process.
    public static func take(_ name: String) -> Descriptor? {
        let count = count
        let names = (Environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        let index = names.prefix(Int(count)).firstIndex { $0 == name }
        var found: Int32?
        for offset in 0..<count {
            // Of several with one name the first is meant. One that isn't open is nobody's.
            guard fcntl(first + offset, F_SETFD, FD_CLOEXEC) == 0 else { continue }
            if index == Int(offset) { found = first + offset } else { close(first + offset) }
        }
        return found.map(Descriptor.init(owning:))
    }
}
