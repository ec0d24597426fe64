/// Somebody at the daemon's control socket, who may say anything.
import CStage
import Glibc

final class ControlCall: Sendable {
    private let descriptor: Int32

    /// Waits in line for as long as it takes.
    init(at path: String) throws {
        descriptor = unsafe stage_call(path)
        guard descriptor >= 0 else { throw StageError("can't talk to \(path): \(errorText(-descriptor))") }
    }

    deinit { close(descriptor) }

    /// Says as much of it as the daemon takes, and answers how many bytes that was.
    @discardableResult
    func say(_ bytes: [UInt8]) -> Int {
        var said = 0
        while said < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                // `said` never passes the end.
                unsafe send(
                    descriptor, $0.baseAddress.map { unsafe $0 + said }, bytes.count - said, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            said += count
        }
        return said
    }

    /// All that the daemon says until it hangs up.
    func hear() -> String {
        var heard: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return String(decoding: heard, as: UTF8.self) }
            heard += chunk[..<count]
        }
    }

    /// So many calls can be held open at once.
    static func makeRoom(for count: Int) {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, rlim_t(count + 500)))
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
