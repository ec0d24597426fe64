internal import KnockCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

// Where Linux and macOS differ in more than the name of their C library; the rest of the client is the same on both.

extension Transport {
    /// The kind of socket that speaks this protocol, as socket(2) wants it.
    var socketType: Int32 {
        #if canImport(Glibc)
            Int32((self == .tcp ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        #else
            self == .tcp ? SOCK_STREAM : SOCK_DGRAM
        #endif
    }
}

/// TCP's number, as getaddrinfo(3) and setsockopt(2) want it.
var tcpProtocol: Int32 { Int32(IPPROTO_TCP) }

/// Which end of a connection shutdown(2) closes: the one that sends.
var sendingEnd: Int32 { Int32(SHUT_WR) }

/// How much a pipe takes at once where it takes anything.
var pipePiece: Int {
    #if os(Linux)
        4096
    #else
        Int(PIPE_BUF)
    #endif
}

/// A pipe's end for writing, opened once more so that it has flags of its own, and doesn't block; nil where that can't be
/// done.
func openedAnew(_ descriptor: Int32) -> Int32? {
    #if os(Linux)
        let own = unsafe open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        return own >= 0 ? own : nil
    #else
        return nil  // /dev/fd has the same flags as the descriptor.
    #endif
}

/// read(2), for types that have a `read` of their own.
func systemRead(_ descriptor: Int32, _ memory: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    // Whoever calls has so much memory there.
    unsafe read(descriptor, memory, count)
}

/// write(2), for types that have a `write` of their own.
func systemWrite(_ descriptor: Int32, _ memory: UnsafeRawPointer?, _ count: Int) -> Int {
    // Whoever calls has so much memory there.
    unsafe write(descriptor, memory, count)
}

/// What an errno means, in the system's words.
func errorText(_ number: Int32) -> String {
    // strerror answers with a string for every number, and this program has one thread.
    unsafe String(cString: strerror(number))
}
