#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A file that's open for reading, for as long as this value lives.
struct OpenFile: ~Copyable {
    private let descriptor: Int32

    init(_ path: String) throws(FileError) {
        // O_NONBLOCK: a pipe in the file's place must not keep us waiting.
        let opened = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard opened >= 0 else { throw .system("opened", errno) }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Whose a file is, and who may do what with it.
    struct Rights {
        let owner: uid_t
        /// Without the bits of the file's kind.
        let mode: mode_t

        /// `0640`.
        var modeText: String { "0" + String(mode, radix: 8) }
    }

    /// The file's rights; an error unless it's a regular file.
    func rights() throws(FileError) -> Rights {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system("examined", errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        return Rights(owner: status.st_uid, mode: status.st_mode & 0o7777)
    }

    func bytes(atMost limit: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw .system("read", errno) }
            if count == 0 { return bytes }
            bytes += chunk.prefix(count)
        }
        throw .tooLarge
    }
}
