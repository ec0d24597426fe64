#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Why a file can't be read.
enum FileError: Error, Equatable, CustomStringConvertible {
    /// A call failed with this `errno`.
    case system(_ undone: String, _ code: Int32)
    case notRegular
    case tooLarge
    case nameIsNotUTF8

    /// Whether there's nothing by that name.
    var isAbsence: Bool { if case .system(_, ENOENT) = self { true } else { false } }

    /// Whether the system says who may do it, and it's not us.
    var isRefusal: Bool {
        if case .system(_, let code) = self { code == EACCES || code == EPERM } else { false }
    }

    /// What to do about it stands behind it, as far as that's known of the daemon's files.
    var description: String {
        if case .system(_, let code) = self { reason + FileError.advice(code) } else { reason }
    }

    var reason: String {
        switch self {
        case .system(let undone, let code):
            // strerror(3) answers text for every number, and it's copied at once.
            "can't be \(undone): \(unsafe String(cString: strerror(code)))"
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
