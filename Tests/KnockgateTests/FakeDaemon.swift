import Foundation
import KnockControl
import Synchronization

/// Listens on a control socket and answers every request with the same bytes.
final class FakeDaemon: Sendable {
    let path: String
    private let descriptor: Int32
    private let log = Log()

    /// The lines that came in so far, each with its newline.
    var requests: [String] { log.lines.withLock { $0 } }

    private final class Log: Sendable {
        let lines = Mutex<[String]>([])
    }

    /// - Parameter hangsUp: whether it closes a connection as soon as it has answered; else the client has to.
    init(in scratch: Scratch, answering bytes: [UInt8], hangsUp: Bool = true) throws {
        path = scratch.path + "/control.sock"
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try listen()
        Thread.detachNewThread { [descriptor, log] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { break }
                FakeDaemon.serve(connection, bytes, hangsUp, log)
                close(connection)
            }
            close(descriptor)
        }
    }

    deinit {
        // The thread's accept() comes back with an error, and the thread closes the descriptor: closed here, its number
        // could be another daemon's by the time of the next accept().
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func listen() throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let bound = unsafe withUnsafePointer(to: address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, Glibc.listen(descriptor, 4) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    private static func serve(_ connection: Int32, _ bytes: [UInt8], _ hangsUp: Bool, _ log: Log) {
        var line = [UInt8](repeating: 0, count: 1_024)
        let count = unsafe recv(connection, &line, line.count, 0)
        log.lines.withLock { $0.append(String(decoding: line.prefix(max(0, count)), as: UTF8.self)) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = unsafe rest.withUnsafeBytes {
                unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
        if !hangsUp { _ = unsafe recv(connection, &line, line.count, 0) }
    }
}
