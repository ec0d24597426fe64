/// What stories ask of the daemon by its socket, without a program to start for each request.
import CStage
import Glibc

extension Stage {
    /// Asks the daemon, if there is one; nil when no whole answer came.
    func ask(_ request: String) -> String? {
        var reply = [UInt8](repeating: 0, count: 1024)
        let count = unsafe stage_ask(path("control.sock"), "knockgate/1 \(request)\n", &reply, reply.count)
        guard count > 0 else { return nil }
        let text = String(decoding: reply.prefix(Int(count)), as: UTF8.self)
        return text.hasSuffix("\nend\n") ? text : nil
    }

    /// Opens the door for ten minutes by hand, which has to be done.
    func opens(to visitor: Visitor) throws { try asks("open ssh \(visitor.address) 600s") }

    /// Closes the door by hand, which has to be done.
    func closes(to visitor: Visitor) throws { try asks("close ssh \(visitor.address)") }

    private func asks(_ request: String) throws {
        let reply = ask(request)
        guard reply?.hasPrefix("done ") == true else { throw StageError("\(request): \(reply ?? "no answer")") }
    }
}

/// A client of the control socket that connects, and says half a line.
final class Idler: Sendable {
    private let descriptor: Int32

    init(at path: String) throws {
        descriptor = unsafe stage_dial(path)
        guard descriptor >= 0 else { throw StageError("can't connect to \(path): \(errorText(-descriptor))") }
        _ = unsafe send(descriptor, "knockgate/1 sta", 15, Int32(MSG_NOSIGNAL))
    }

    func leave() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    deinit { close(descriptor) }
}
