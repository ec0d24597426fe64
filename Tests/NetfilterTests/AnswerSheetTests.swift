import Testing

@testable import Netfilter

/// What the kernel is told: every packet gets its own answer, and none rides along on another's.
@Suite struct AnswerSheetTests {
    /// A message as the kernel reads it.
    private struct Message: Equatable {
        var all = false
        let verdict: UInt32
        let id: UInt32
        var mark: UInt32?
    }

    private static let drop: UInt32 = 0
    private static let accept: UInt32 = 1
    private static let again: UInt32 = 4

    private func messages(_ answers: [(UInt32, Answer)]) -> [Message] {
        var sheet = AnswerSheet(queue: 4747, capacity: 64)
        for (id, answer) in answers { sheet.add(answer, to: id) }
        return messages(of: &sheet)
    }

    private func messages(of sheet: inout AnswerSheet) -> [Message] {
        var messages: [Message] = []
        unsafe sheet.finish { bytes in
            var rest = unsafe Array(bytes)[...]
            while !rest.isEmpty {
                let length = Int(native32(rest, 0))
                messages.append(message(Array(rest.prefix(length))))
                rest = rest.dropFirst(length)
            }
        }
        return messages
    }

    private func message(_ bytes: [UInt8]) -> Message {
        #expect(bytes[18...19].elementsEqual([0x12, 0x8B]), "the queue's number in network order")
        #expect(bytes[5] == 3, "the netfilter queue's subsystem")
        let attribute = bytes[20...]
        #expect(attribute.prefix(4).elementsEqual([12, 0, 2, 0]), "NFQA_VERDICT_HDR of 12 bytes")
        var message = Message(
            all: bytes[4] == 3, verdict: network32(bytes[...], 24), id: network32(bytes[...], 28))
        if bytes.count > 32 { message.mark = network32(bytes[...], 36) }
        return message
    }

    private func native32(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt32 {
        UInt32(bigEndian: network32(bytes, offset).littleEndian)
    }

    private func network32(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt32 {
        bytes[(bytes.startIndex + offset)...].prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    @Test func `a packet alone gets a message of its own`() {
        #expect(messages([(1, .accept)]) == [Message(verdict: Self.accept, id: 1)])
        #expect(messages([(1, .drop)]) == [Message(verdict: Self.drop, id: 1)])
        #expect(
            messages([(1, .again(mark: 0x1007))]) == [Message(verdict: Self.again, id: 1, mark: 0x1007)])
    }

    @Test func `neighbours with one answer share a message`() {
        #expect(
            messages([(1, .drop), (2, .drop), (3, .drop), (4, .again(mark: 1)), (5, .again(mark: 1))]) == [
                Message(all: true, verdict: Self.drop, id: 3), Message(all: true, verdict: Self.again, id: 5, mark: 1),
            ])
    }

    @Test func `an acceptance always stands alone`() {
        #expect(
            messages([(1, .accept), (2, .accept)]) == [
                Message(verdict: Self.accept, id: 1), Message(verdict: Self.accept, id: 2),
            ])
    }

    @Test func `packets with other marks don't share a message`() {
        #expect(
            messages([(1, .again(mark: 1)), (2, .again(mark: 3))]) == [
                Message(verdict: Self.again, id: 1, mark: 1), Message(verdict: Self.again, id: 2, mark: 3),
            ])
    }

    @Test func `where a number is missing, all packets up to there are dropped first`() {
        #expect(
            messages([(3, .again(mark: 1)), (4, .again(mark: 1))]) == [
                Message(all: true, verdict: Self.drop, id: 2), Message(all: true, verdict: Self.again, id: 4, mark: 1),
            ])
        #expect(
            messages([(1, .drop), (3, .drop)]) == [
                Message(verdict: Self.drop, id: 1), Message(all: true, verdict: Self.drop, id: 2),
                Message(verdict: Self.drop, id: 3),
            ])
    }

    @Test func `numbers go on from batch to batch, and past their end`() {
        var sheet = AnswerSheet(queue: 1, capacity: 4)
        sheet.add(.drop, to: .max)
        unsafe sheet.finish { bytes in #expect(bytes.count == 64, "one for the gap, one for the packet") }
        sheet.add(.accept, to: 0)
        unsafe sheet.finish { bytes in #expect(bytes.count == 32) }
        unsafe sheet.finish { _ in Issue.record("there was nothing to send") }
    }

    @Test func `what another listener left without an answer goes round to the queue, with its mark as it is`() {
        var sheet = AnswerSheet(queue: 4747, capacity: 64)
        sheet.sendRound(upTo: 7)
        sheet.add(.drop, to: 8)
        #expect(
            messages(of: &sheet) == [
                Message(all: true, verdict: Self.again, id: 7), Message(verdict: Self.drop, id: 8),
            ])
    }

    @Test func `the worst of batches has room: a gap before every packet`() {
        #expect(messages((1...64).map { ($0 * 2, .again(mark: UInt32($0))) }).count == 128)
    }
}
