#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

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
    /// 1 MiB.
    static let largest = 1 << 20

    /// The file at `path`; where it can't be read, no text and a note that says why.
    fileprivate init(at path: String) {
        do {
            let file = try OpenFile(path)
            let rights = try file.rights()
            let bytes = try file.bytes(atMost: ConfigurationText.largest)
            let notes =
                rights.mode & 0o007 == 0 ? [] : [Note(severity: .warning, message: ConfigurationText.exposed(rights))]
            self.init(file: path, bytes: bytes, notes: notes)
        } catch {
            self.init(at: path, refused: error)
        }
    }

    fileprivate init(at path: String, refused error: FileError) {
        self.init(file: path, bytes: [], notes: [Note(severity: .error, message: error.description)])
    }

    private static func exposed(_ rights: OpenFile.Rights) -> String {
        "others have rights to this file (mode \(rights.modeText)), and sequences are secrets: chmod o= it"
    }
}
