/// Stands in for systemd: hears what the daemon tells of itself on NOTIFY_SOCKET (sd_notify(3)), and holds the descriptor
/// that it is given for the next daemon (FDSTORE).
import CStage
import Glibc
import KnockCore
import Subprocess
import Synchronization

final class ServiceManager: Sendable {
    private let path: String
    private let socket: Int32
    private let state = Mutex<(heard: [String], held: Int32?)>(([], nil))

    /// Listens at `path`.
    init(at path: String) throws {
        self.path = path
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard socket >= 0, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw StageError("can't listen at \(path)")
        }
        // The path was seen to fit, and the call uses the address while it lasts.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw StageError("can't listen at \(path): \(errorText(errno))") }
    }

    deinit {
        close(socket)
        if let held = state.withLock({ $0.held }) { close(held) }
    }

    /// The first line of each message so far.
    var messages: [String] {
        state.withLock { state in
            hear(&state)
            return state.heard
        }
    }

    /// The descriptor that a daemon has left here.
    var held: Int32? {
        state.withLock { state in
            hear(&state)
            return state.held
        }
    }

    /// Holds something else from now on.
    func hold(_ descriptor: Int32) {
        state.withLock { state in
            hear(&state)
            if let held = state.held { close(held) }
            state.held = descriptor
        }
    }

    private func hear(_ state: inout (heard: [String], held: Int32?)) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var descriptor: Int32 = -1
        while true {
            let count = unsafe stage_receive(socket, &buffer, buffer.count, &descriptor)
            guard count > 0 else { return }
            let lines = String(decoding: buffer[..<Int(count)], as: UTF8.self).split(separator: "\n").map(String.init)
            let isStored = lines.first == "FDSTORE=1" && lines.contains("FDNAME=queue") && descriptor >= 0
            if isStored || lines == ["FDSTOREREMOVE=1", "FDNAME=queue"] {
                if let held = state.held { close(held) }
                state.held = isStored ? descriptor : nil
            } else if descriptor >= 0 {
                close(descriptor)
            }
            state.heard += lines.prefix(1)
        }
    }

    /// Starts the daemon as this manager's service, with the descriptor that it holds, plays the story, and ends the daemon.
    func withDaemon<Answer: Sendable>(
        _ configuration: String, on stage: Stage, ending expected: TerminationStatus = .exited(0),
        _ story: (Daemon) async throws -> Answer
    ) async throws -> Answer {
        try await stage.withDaemon(
            configuration, environment: ["NOTIFY_SOCKET": path], held: held, ending: expected, story)
    }
}
