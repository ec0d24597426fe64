import Glibc
import Testing

@testable import Host

@Suite struct HostTests {
    private func inTemporaryDirectory(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/knockgate-tests-XXXXXX".utf8CString)
        let made = unsafe mkdtemp(&template)
        let path = try #require(unsafe made.map { unsafe String(cString: $0) })
        defer {
            for name in ["file", "file.new", "lock", "socket"] { unsafe unlink(path + "/" + name) }
            unsafe rmdir(path)
        }
        try body(path)
    }

    @Test func `a file is replaced whole, and read up to a limit`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/file"
            try Files.replace(path, with: Array("one".utf8), lasting: true)
            try Files.replace(path, with: Array("another".utf8), lasting: false)
            #expect(try Files.read(path) == Array("another".utf8))
            let file = try Files.replace(path, with: Array("a third".utf8), lasting: true)
            try file.write(Array(" and more".utf8).span, to: path)
            #expect(try Files.read(path) == Array("a third and more".utf8), "the new file is open for appending")
            try Files.replace(path, with: Array("another".utf8), lasting: false)
            #expect(try Files.read(path, limit: 3) == Array("ano".utf8))
            unsafe #expect(access(path + ".new", F_OK) != 0)
        }
    }

    @Test func `an open file is read from its beginning each time`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/file"
            try Files.replace(path, with: Array("one".utf8), lasting: false)
            let file = try Descriptor(unsafe open(path, O_RDWR | O_APPEND | O_CLOEXEC), "open", path)
            #expect(try Files.read(file.number, of: path) == Array("one".utf8))
            try file.write(Array(" more".utf8).span, to: path)
            #expect(try Files.read(file.number, of: path) == Array("one more".utf8))
            #expect(try Files.read(file.number, of: path, limit: 5) == Array("one m".utf8))
        }
    }

    @Test func `a boot is told by the same digits whoever names it`() {
        #expect(BootID.digits("01234567-89AB-cdef-0123-456789abcdef\n") == "0123456789abcdef0123456789abcdef")
        #expect(BootID.digits("0123456789abcdef0123456789abcdef") == "0123456789abcdef0123456789abcdef")
        for text in ["", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdex", "%b"] {
            #expect(BootID.digits(text) == nil)
        }
        #expect((try? BootID.current)?.count == 32)
    }

    @Test func `an error says what was being done, to what, and why it failed`() {
        let error = #expect(throws: HostError.self) { try Files.read("/nowhere/at/all") }
        #expect(error?.description == "cannot read /nowhere/at/all: No such file or directory")
    }

    @Test func `without a descriptor to ask by, the broadcast addresses are unknown, and not none`() async {
        await #expect(processExitsWith: .success) {
            let watch = try BroadcastWatch.make()
            guard watch.addresses != nil else { exit(1) }
            let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            var (all, none) = (rlimit(), rlimit())
            unsafe getrlimit(descriptors, &all)
            none.rlim_max = all.rlim_max
            unsafe setrlimit(descriptors, &none)
            let isUnknown = watch.addresses == nil
            unsafe setrlimit(descriptors, &all)  // What runs at the end may want some.
            exit(isUnknown ? 0 : 2)
        }
    }

    @Test func `a lock is held by one process at a time, until it is let go of`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/lock"
            let first = try LockFile.take(path)
            let isHeld = try LockFile.take(path) == nil
            #expect(isHeld)
            _ = consume first
            let isFree = try LockFile.take(path) != nil
            #expect(isFree)
        }
    }

    @Test func `a socket file that nobody listens at is replaced, one in use is refused`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/socket"
            do {
                let listener = try UnixListener.bind(path)
                #expect(listener.path == path)
                #expect(throws: HostError("bind the control socket at", path, code: EADDRINUSE)) {
                    _ = try UnixListener.bind(path)
                }
            }
            unsafe #expect(access(path, F_OK) == 0, "the file stays when its listener dies")
            let again = try UnixListener.bind(path)
            again.removeFile()
            unsafe #expect(access(path, F_OK) != 0)
        }
    }

    @Test func `a file that is no socket isn't replaced by one`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/file"
            try Files.replace(path, with: Array("precious".utf8), lasting: false)
            #expect(throws: HostError("bind the control socket at", path, code: EEXIST)) {
                _ = try UnixListener.bind(path)
            }
            #expect(try Files.read(path) == Array("precious".utf8))
        }
    }

    @Test func `a socket with more waiting at it than it can hold is in use, too`() throws {
        try inTemporaryDirectory { directory in
            let path = directory + "/socket"
            let listener = try UnixListener.bind(path)
            let address = try #require(UnixSocketAddress(path))
            var guests: [Int32] = []
            defer { for guest in guests { close(guest) } }
            repeat {
                guests.append(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0))
            } while unsafe address.withPointer { unsafe connect(guests[guests.count - 1], $0, $1) } == 0
            #expect(throws: HostError("bind the control socket at", path, code: EADDRINUSE)) {
                _ = try UnixListener.bind(path)
            }
            let isStillHeard = try listener.accept() != nil
            #expect(isStillHeard)
        }
    }

    @Test func `no line for the log makes the daemon wait for its reader`() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let line = String(repeating: "x", count: 3 * 4096)
        var written = 0
        while Console.write(line: line, to: ends[1]) { written += 1 }
        #expect((2...64).contains(written), "a page each, until the pipe was full")
    }

    @Test func `a path too long for a socket is refused`() {
        #expect(UnixSocketAddress(String(repeating: "x", count: 107)) != nil)
        #expect(UnixSocketAddress(String(repeating: "x", count: 108)) == nil)
        #expect(UnixSocketAddress("") == nil)
    }

    @Test func `the timer rings at its moment, at once for one that is past, and never when told so`() throws {
        var poller = try Poller.make()
        var timer = try DeadlineTimer.make()
        try poller.watch(timer.descriptor.number, for: .reading, as: 9)
        var ready: [UInt64] = []
        timer.ring(at: 0)
        try poller.wait(&ready, milliseconds: 1000)
        #expect(ready == [9])
        timer.acknowledge()
        timer.ring(at: nil)
        try poller.wait(&ready, milliseconds: 20)
        #expect(ready == [])
        let moment = Clock.sinceBoot + 30_000_000
        timer.ring(at: moment)
        try poller.wait(&ready, milliseconds: 5000)
        #expect(ready == [9])
        #expect(Clock.sinceBoot >= moment)
    }

    @Test func `random numbers are not the same twice`() throws {
        let (one, other) = (try RandomNumber.draw(), try RandomNumber.draw())
        #expect(one != other)
    }
}
