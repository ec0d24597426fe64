import Glibc

/// A file that holds a secret: only its owner may read it, and it never takes another's place.
enum NewFile {
    static func write(_ text: String, to path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let advice = errno == EEXIST ? ": it is there already, and nothing is overwritten" : ": \(errorText(errno))"
            throw Failure(.no, "can't write \(path.printable)\(advice)")
        }
        guard Output.write(text.utf8, to: descriptor), close(descriptor) == 0 else {
            let reason = errorText(errno)
            unsafe unlink(path)
            throw Failure(.no, "can't write \(path.printable): \(reason)")
        }
    }
}
