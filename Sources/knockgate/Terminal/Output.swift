import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a command speaks to its user, unbuffered: `--watch` shows each picture at once, in a pipe too.
enum Output {
    /// Writes an answer to the standard output, and ends its last line.
    static func say(_ text: String) {
        show(text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n")
    }

    /// Writes to the standard output as it is. A program that can't answer ends with 1.
    static func show(_ text: String) {
        guard write(text.utf8, to: STDOUT_FILENO) else {
            complain("knockgate: can't write the answer: \(errorText(errno))")
            exit(ExitCode.no.rawValue)
        }
    }

    /// Writes a line to the standard output if that can be done; the program goes on in any case.
    static func offer(_ line: String) {
        signal(SIGPIPE, SIG_IGN)
        _ = write((line + "\n").utf8, to: STDOUT_FILENO)
    }

    /// Writes to the standard error; nobody can be told when that fails.
    static func complain(_ text: String) {
        _ = write((text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n").utf8, to: STDERR_FILENO)
    }

    /// Writes all of `bytes`, however long the reader takes; answers false when that can't be done, for the reason in errno.
    static func write(_ bytes: some Sequence<UInt8>, to descriptor: Int32) -> Bool {
        var bytes = Array(bytes)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EAGAIN {
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&wait, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}

/// What an errno means, in the system's words.
func errorText(_ number: Int32) -> String {
    // strerror answers with a string for every number, and this program has one thread.
    unsafe String(cString: strerror(number))
}

/// write(2), for a type that has a `write` of its own.
private func systemWrite(_ descriptor: Int32, _ memory: UnsafeRawPointer?, _ count: Int) -> Int {
    // Whoever calls has so much memory there.
    unsafe write(descriptor, memory, count)
}
