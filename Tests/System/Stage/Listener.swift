/// A port where connections are taken, by the kernel at first: a story accepts those that it wants to talk over.
import CStage
import Glibc
import Synchronization

final class Listener: Sendable {
    private let descriptor: Int32

    /// Called on a thread inside the machine.
    init(port: UInt16) throws {
        descriptor = stage_listen(port)
        guard descriptor >= 0 else { throw StageError("can't listen on port \(port): \(errorText(-descriptor))") }
    }

    /// The next connection, as soon as it's there: the client has its answer a moment before the kernel has the client's.
    func accept() async throws -> Connection {
        var accepted: Int32 = -1
        try await eventually("a connection comes in") {
            accepted = Glibc.accept(descriptor, nil, nil)
            guard accepted >= 0 || errno == EAGAIN else {
                throw StageError("can't accept a connection: \(errorText(errno))")
            }
            return accepted >= 0
        }
        return Connection(descriptor: accepted)
    }

    deinit { close(descriptor) }
}

/// The listeners of a stage, held open until it goes.
final class Services: Sendable {
    private let listeners = Mutex<[Listener]>([])

    func add(_ listener: Listener) { listeners.withLock { $0.append(listener) } }
}
