/// A socket of a story, and how its port answered; it closes when nobody holds it any longer.
import CStage
import Glibc
import KnockCore
import Synchronization

final class Connection: Sendable {
    enum Answer: Equatable {
        case accepted
        case refused
        /// No answer came while the visitor waited.
        case silent
    }

    private let descriptor: Int32
    private let start: ContinuousClock.Instant
    private let outcome: Mutex<(answer: Answer, duration: Duration)>

    init(descriptor: Int32, start: ContinuousClock.Instant = .now, refusedAtOnce: Bool = false) {
        (self.descriptor, self.start) = (descriptor, start)
        outcome = Mutex((refusedAtOnce ? .refused : .silent, .zero))
    }

    var answer: Answer { outcome.withLock { $0.answer } }

    /// How long the answer took, or how long the visitor waited in vain.
    var duration: Duration { outcome.withLock { $0.duration } }

    /// How many segments were sent again: 0 says that the first SYN was answered.
    var retransmissions: Int32 { stage_retransmissions(descriptor) }

    /// Waits for the answer of a port that was asked.
    func settle(_ transport: Transport, patience: Duration) throws {
        if answer == .refused { return }
        let hasAnswer = waits(for: transport == .tcp ? POLLOUT : POLLIN, patience: patience)
        let error = hasAnswer ? stage_pending_error(descriptor) : 0
        guard error == 0 || error == ECONNREFUSED else { throw StageError("unexpected answer: \(errorText(error))") }
        let answer: Answer = !hasAnswer ? .silent : error == ECONNREFUSED ? .refused : .accepted
        outcome.withLock { $0 = (answer, start.duration(to: .now)) }
    }

    /// Sends bytes, or an empty datagram; a refusal is noticed by whoever waits for the answer.
    func write(_ bytes: [UInt8]) {
        _ = unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// What the other side says next; nil when it says nothing for so long, or has left.
    func read(patience: Duration = .seconds(2)) -> String? {
        guard waits(for: POLLIN, patience: patience) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }

    /// Says that it has no more to say; what the other side says is still heard.
    func end() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Has the connection end with a reset, once nobody holds it any longer.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    private func waits(for event: Int32, patience: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return unsafe poll(&entry, 1, Int32(patience.wholeNanoseconds / 1_000_000)) == 1
    }

    deinit { close(descriptor) }
}
