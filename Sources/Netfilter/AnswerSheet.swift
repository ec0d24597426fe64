internal import CNetfilter

/// The answers to one batch of packets, as netlink messages one behind the other, to be sent in one go.
///
/// A message for each packet, but for runs of packets with neighbouring numbers and one answer: those share a message
/// (NFQNL_MSG_VERDICT_BATCH). The kernel gives that answer to *every* packet in its queue up to the one named, so that:
/// - an acceptance always stands alone: no packet may ride in on another's;
/// - where a number is missing (the kernel had no room for a message, or it couldn't be read), all packets up to there
///   are dropped first, so that none is left for a later run to carry along.
@safe struct AnswerSheet: ~Copyable {
    private struct Run {
        var last: UInt32
        var length: Int
        let answer: Answer
    }

    private let queue: UInt16
    private let bytes: UnsafeMutableRawBufferPointer
    private(set) var byteCount = 0
    private var run: Run?
    /// The number of the last packet that was answered. A queue's packets are numbered from 1 when it is bound.
    private var lastAnswered: UInt32 = 0

    /// The longest message: header, verdict and mark.
    private static let longestMessage = 64

    /// A sheet with room for the answers to `capacity` packets.
    init(queue: UInt16, capacity: Int) {
        self.queue = queue
        // Each packet can bring a message for a gap before it, and one for itself.
        unsafe bytes = .allocate(byteCount: 2 * capacity * AnswerSheet.longestMessage, alignment: 16)
    }

    deinit {
        unsafe bytes.deallocate()
    }

    /// Takes down the answer to packet `id`; packets come in the order of their numbers.
    mutating func add(_ answer: Answer, to id: UInt32) {
        if id != lastAnswered &+ 1 {
            finishRun()
            append(.drop, upTo: id &- 1, all: true)
        }
        lastAnswered = id
        if answer != .accept, let current = run, current.answer == answer, id == current.last &+ 1 {
            run = Run(last: id, length: current.length + 1, answer: answer)
        } else {
            finishRun()
            run = Run(last: id, length: 1, answer: answer)
        }
    }

    /// Sends all packets up to `id` round to the queue anew, where they get new numbers: another listener has taken them,
    /// and left without an answer. What is answered from here on begins behind them.
    mutating func sendRound(upTo id: UInt32) {
        append(.again(mark: nil), upTo: id, all: true)
        lastAnswered = id
    }

    /// Lends the messages of all answers taken down so far, then begins an empty sheet.
    mutating func finish<E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
        finishRun()
        guard byteCount > 0 else { return }
        // The first `byteCount` bytes were written by `append`; the pointer isn't kept by those who send it.
        try unsafe body(UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
        byteCount = 0
    }

    private mutating func finishRun() {
        guard let run else { return }
        append(run.answer, upTo: run.last, all: run.length > 1)
        self.run = nil
    }

    private mutating func append(_ answer: Answer, upTo id: UInt32, all: Bool) {
        unsafe precondition(
            byteCount + AnswerSheet.longestMessage <= bytes.count, "more answers than packets in a batch")
        let type = all ? NFQNL_MSG_VERDICT_BATCH : NFQNL_MSG_VERDICT
        // There is room for a whole message behind `byteCount`, and libnetfilter_queue writes no further than one.
        unsafe bytes.baseAddress.map { base in
            let place = unsafe (base + byteCount).assumingMemoryBound(to: CChar.self)
            guard let message = unsafe nfq_nlmsg_put(place, Int32(type.rawValue), UInt32(queue)) else { return }
            unsafe nfq_nlmsg_verdict_put(message, Int32(bitPattern: id), answer.number)
            if case .again(let mark?) = answer { unsafe nfq_nlmsg_verdict_put_mark(message, mark) }
            byteCount += unsafe Int(message.pointee.nlmsg_len)
        }
    }
}
