public import Glibc

/// Small files, whole.
public enum Files {
    /// The bytes of the file at `path`, at most `limit` of them.
    public static func read(_ path: String, limit: Int = 1 << 20) throws(HostError) -> [UInt8] {
        let file = try Descriptor(unsafe open(path, O_RDONLY | O_CLOEXEC), "read", path)
        return try read(file.number, of: path, limit: limit)
    }

    /// The bytes of an open file from its beginning, at most `limit` of them; a pipe or a terminal has none (ESPIPE).
    public static func read(_ descriptor: Int32, of path: String, limit: Int = 1 << 20) throws(HostError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < limit {
            let count = unsafe pread(descriptor, &chunk, min(chunk.count, limit - bytes.count), off_t(bytes.count))
            if count == 0 { break }
            if count > 0 { bytes += chunk[..<count] } else if errno != EINTR { throw HostError("read", path) }
        }
        return bytes
    }

    /// Puts `bytes` in the place of the file at `path` so that at every moment there is a whole one, the old or the new
    /// (rename(2)).
    ///
    /// - Parameter lasting: whether to wait until the new one, and that it is in the old one's place, has reached the
    ///   disk (fsync(2)), which can take a while.
    /// - Returns: the new file, open for appending.
    @discardableResult
    public static func replace(_ path: String, with bytes: [UInt8], lasting: Bool) throws(HostError) -> Descriptor {
        let draft = path + ".new"
        let file = try Descriptor(
            unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600), "write", draft)
        try file.write(bytes.span, to: draft)
        guard !lasting || fsync(file.number) == 0 else { throw HostError("write", draft) }
        guard unsafe rename(draft, path) == 0 else { throw HostError("replace", path) }
        if lasting { try syncDirectory(of: path) }
        return file
    }

    /// The directory that holds what is at `path`.
    public static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    }

    /// Whether no rights keep this process, with those that it has at this moment, from making and removing files in a
    /// folder (faccessat(2), AT_EACCESS).
    public static func mayChange(folder: String) -> Bool {
        unsafe faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 || errno != EACCES
    }

    /// Waits until the names in the directory that holds `path` have reached the disk.
    private static func syncDirectory(of path: String) throws(HostError) {
        let directory = folder(of: path)
        let descriptor = try Descriptor(
            unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", directory)
        guard fsync(descriptor.number) == 0 else { throw HostError("write", directory) }
    }

    /// Makes the directory at `path` unless there is one, with these rights whatever the umask.
    public static func makeDirectory(_ path: String, mode: mode_t = 0o700) throws(HostError) {
        guard unsafe mkdir(path, mode) == 0 else {
            if errno == EEXIST { return }
            throw HostError("make the directory", path)
        }
        guard unsafe chmod(path, mode) == 0 else { throw HostError("set the rights of the directory", path) }
    }
}

/// A file that only one process at a time can hold (flock(2)); the kernel lets go of it when the process ends.
public struct LockFile: ~Copyable {
    private let descriptor: Descriptor

    /// Takes the lock, or answers nil when another process holds it.
    public static func take(_ path: String) throws(HostError) -> LockFile? {
        var number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        // On a disk that is read-only it can be held all the same.
        if number < 0, errno == EROFS { number = unsafe open(path, O_RDONLY | O_CLOEXEC) }
        let file = try Descriptor(number, "open the lock", path)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw HostError("take the lock", path) }
            return nil
        }
        return LockFile(descriptor: file)
    }

    private init(descriptor: consuming Descriptor) { self.descriptor = descriptor }
}
