import Glibc

extension Configuration {
    /// Reads the file at `path`, then its drop-ins: for `/etc/knockgate/knockgate.conf` these are
    /// `/etc/knockgate/knockgate.conf.d/*.conf`, in the order of their names' bytes.
    ///
    /// What can't be opened, isn't a regular file or is larger than 1 MiB is an error; a file that others can read is
    /// warned of. Without the directory there are no drop-ins; hidden files aren't read.
    public static func load(_ path: String) -> Reading {
        read([ConfigurationText(at: path)] + dropIns(in: path + ".d"))
    }

    private static func dropIns(in directory: String) -> [ConfigurationText] {
        do {
            return try names(in: directory).map { name in
                guard let name = String(validating: name, as: UTF8.self) else {
                    let file = directory + "/" + String(decoding: name, as: UTF8.self)
                    return ConfigurationText(at: file, refused: .nameIsNotUTF8)
                }
                return ConfigurationText(at: directory + "/" + name)
            }
        } catch {
            return error.isAbsence ? [] : [ConfigurationText(at: directory, refused: error)]
        }
    }

    /// The names of the `.conf` files in a directory.
    private static func names(in directory: String) throws(FileError) -> [[UInt8]] {
        guard let stream = unsafe opendir(directory) else { throw .system("opened", errno) }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            // d_name ends with a NUL within its 256 bytes (readdir(3)).
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if name.first != UInt8(ascii: "."), name.suffix(5) == Array(".conf".utf8)[...] { names.append(name) }
        }
        guard errno == 0 else { throw .system("listed", errno) }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

extension ConfigurationText {
    private static let largest = 1 << 20

    /// The file at `path`; where it can't be read, no text and a note that says why.
    fileprivate init(at path: String) {
        do {
            let file = try OpenFile(path)
            let mode = try file.mode()
            let bytes = try file.bytes(atMost: ConfigurationText.largest)
            let notes = mode & 0o007 == 0 ? [] : [Note(severity: .warning, message: ConfigurationText.exposed(mode))]
            self.init(file: path, bytes: bytes, notes: notes)
        } catch {
            self.init(at: path, refused: error)
        }
    }

    fileprivate init(at path: String, refused error: FileError) {
        self.init(file: path, bytes: [], notes: [Note(severity: .error, message: error.description)])
    }

    private static func exposed(_ mode: mode_t) -> String {
        "others have rights to this file (mode 0\(String(mode & 0o7777, radix: 8))), and sequences are secrets: chmod o= it"
    }
}

/// Why a file can't be read.
enum FileError: Error, Equatable, CustomStringConvertible {
    /// A call failed with this `errno`.
    case system(_ undone: String, _ code: Int32)
    case notRegular
    case tooLarge
    case nameIsNotUTF8

    /// Whether there's nothing by that name.
    var isAbsence: Bool { if case .system(_, ENOENT) = self { true } else { false } }

    var description: String {
        switch self {
        case .system(let undone, let code):
            // strerror(3) answers text for every number, and it's copied at once.
            "can't be \(undone): \(unsafe String(cString: strerror(code)))\(FileError.advice(code))"
        case .notRegular: "isn't a regular file: expected a text file"
        case .tooLarge: "is larger than 1 MiB, far too large for a configuration"
        case .nameIsNotUTF8: "has a name that isn't UTF-8: rename it"
        }
    }

    private static func advice(_ code: Int32) -> String {
        switch code {
        case ENOENT: " (is the path right?)"
        case EACCES, EPERM: " (run this as root, or as a member of the file's group)"
        case ENOTDIR: " (drop-ins stand in a directory)"
        default: ""
        }
    }
}

/// A file that's open for reading, for as long as this value lives.
private struct OpenFile: ~Copyable {
    private let descriptor: Int32

    init(_ path: String) throws(FileError) {
        // O_NONBLOCK: a pipe in the file's place must not keep us waiting.
        let opened = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard opened >= 0 else { throw .system("opened", errno) }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// The file's rights; an error unless it's a regular file.
    func mode() throws(FileError) -> mode_t {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system("examined", errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        return status.st_mode
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
