import Glibc

/// A file to be read whole; `-` is the standard input.
enum InputFile {
    private static let largest = 1 << 20

    /// Its bytes, of which there can be 1 MiB.
    static func bytes(of path: String) throws(Failure) -> [UInt8] {
        if path == "-" { return try bytes(from: STDIN_FILENO, called: "the standard input") }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw Failure(.no, "can't open \(path.printable): \(errorText(errno))") }
        defer { close(descriptor) }
        return try bytes(from: descriptor, called: path.printable)
    }

    private static func bytes(from descriptor: Int32, called name: String) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= largest {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(.no, "can't read \(name): \(errorText(errno))") }
            if count == 0 { return bytes }
            bytes += chunk.prefix(count)
        }
        throw Failure(.no, "\(name) is larger than 1 MiB, far too large for what can be converted")
    }
}
