import Glibc

/// A program of the system that is run to see what it prints: no shell, no input, a bounded time, a bounded answer.
struct Tool {
    let path: String

    /// Where the system keeps its tools; the user's own PATH is of no weight to root.
    static let folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]

    /// What a program printed, and how it ended.
    struct Answer: Equatable {
        var output: String
        var errors: String
        /// Its exit status; nil when it was ended by a signal, or for taking too long or printing too much.
        var code: Int32?
    }

    /// Nil when there is no program of this name.
    init?(_ name: String) {
        let paths = Tool.folders.map { "\($0)/\(name)" }
        guard let path = paths.first(where: { unsafe access($0, X_OK) == 0 }) else { return nil }
        self.path = path
    }

    /// Runs it to its end; kills it when it takes longer than `patience`, or prints more than `limit` bytes.
    func run(
        _ arguments: [String], patience: Duration = .seconds(10), limit: Int = 16 << 20
    ) -> Answer {
        guard let output = TextPipe.make(), let errors = TextPipe.make() else {
            return Answer(output: "", errors: "no pipe: \(errorText(errno))", code: nil)
        }
        let (pid, error) = spawn(arguments, output.writer, errors.writer)
        close(output.writer)
        close(errors.writer)
        defer {
            close(output.reader)
            close(errors.reader)
        }
        guard error == 0 else { return Answer(output: "", errors: "can't run \(path): \(errorText(error))", code: nil) }
        let texts = Tool.read([output.reader, errors.reader], until: .now + patience, limit: limit)
        if texts == nil { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard let texts else {
            return Answer(output: "", errors: "\(path) didn't end within \(patience), or printed too much", code: nil)
        }
        return Answer(output: texts[0], errors: texts[1], code: status & 0x7F == 0 ? status >> 8 & 0xFF : nil)
    }

    private func spawn(_ arguments: [String], _ output: Int32, _ errors: Int32) -> (pid: pid_t, error: Int32) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        var words = CStrings([path] + arguments)
        var variables = CStrings(["LC_ALL=C", "PATH=\(Tool.folders.joined(separator: ":"))"])
        var pid: pid_t = 0
        let error = unsafe posix_spawn(&pid, path, &actions, nil, &words.pointers, &variables.pointers)
        return (pid, error)
    }

    /// Reads all descriptors to their ends; nil when time or room is up.
    private static func read(
        _ descriptors: [Int32], until deadline: ContinuousClock.Instant, limit: Int
    ) -> [String]? {
        var texts = descriptors.map { _ in [UInt8]() }
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while entries.contains(where: { $0.fd >= 0 }) {
            let rest = (deadline - ContinuousClock.now) / .milliseconds(1)
            guard rest > 0, texts.allSatisfy({ $0.count <= limit }) else { return nil }
            _ = unsafe poll(&entries, nfds_t(entries.count), Int32(rest.rounded(.up)))
            for index in entries.indices where entries[index].fd >= 0 && entries[index].revents != 0 {
                let count = unsafe Glibc.read(entries[index].fd, &chunk, chunk.count)
                if count > 0 { texts[index] += chunk[..<count] } else { entries[index].fd = -1 }
                entries[index].revents = 0
            }
        }
        return texts.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// The two ends of a pipe, which a program that is run doesn't inherit by itself.
private struct TextPipe {
    let reader, writer: Int32

    static func make() -> TextPipe? {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return TextPipe(reader: ends[0], writer: ends[1])
    }
}

/// Strings as C takes an array of them, ended by NULL.
@safe private struct CStrings: ~Copyable {
    /// Copies, which this value owns.
    var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { unsafe pointers = strings.map { unsafe strdup($0) } + [nil] }

    deinit { unsafe pointers.forEach { unsafe free($0) } }
}
