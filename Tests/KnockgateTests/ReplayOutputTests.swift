import Foundation
import Testing

@testable import knockgate

/// The output that a long replay is written to.
@Suite struct ReplayOutputTests {
    private let lines = (0..<20_000).map { "line \($0) of a long answer\n" }

    @Test func `everything is written, once and in order, even where little is taken at a time`() throws {
        let pipe = Pipe()
        let writer = pipe.fileHandleForWriting.fileDescriptor
        try #require(fcntl(writer, F_SETFL, O_NONBLOCK) == 0)
        let reader = pipe.fileHandleForReading
        let received = Received()
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while let piece = try? reader.read(upToCount: 10_000), !piece.isEmpty { received.bytes += piece }
            done.signal()
        }
        var output = ReplayOutput(descriptor: writer)
        for line in lines { try output.write(line) }
        try output.flush()
        try pipe.fileHandleForWriting.close()
        try #require(done.wait(timeout: .now() + 20) == .success)
        #expect(received.bytes == Data(lines.joined().utf8))
    }

    @Test func `when the reader has gone, nobody wants more, and nothing is wrong`() throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        var output = ReplayOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        try output.write("a line\n")
        let before = output.isWanted
        try output.flush()
        let after = output.isWanted
        #expect((before, after) == (true, false))
        for line in lines { try output.write(line) }
        try output.flush()
    }

    @Test func `what can't be written is an error`() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        var output = ReplayOutput(descriptor: full.fileDescriptor)
        try output.write("a line\n")
        var told = ""
        do {
            try output.flush()
        } catch {
            told = "\(error)"
        }
        #expect(told == "can't write the answer: No space left on device")
    }
}

/// What one thread has received; the other looks when it is done.
private final class Received: @unchecked Sendable {
    var bytes = Data()
}
