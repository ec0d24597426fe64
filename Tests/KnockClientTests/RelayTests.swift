import Foundation
import Testing

@testable import KnockClient

@Suite(.serialized, .timeLimit(.minutes(1))) struct RelayTests {
    /// A kind of stream that a relay may find as its input or output.
    enum Stream: CaseIterable {
        case pipe, socket, terminal

        /// The relay's end is the second one.
        func makeInput() throws -> (End, End) {
            let (reading, writing) = try make()
            return self == .pipe ? (writing, reading) : (reading, writing)
        }

        /// The second end, which is the relay's, is written to.
        func make() throws -> (End, End) {
            switch self {
            case .pipe: try End.pipe()
            case .socket: try End.sockets()
            case .terminal: try End.terminal()
            }
        }
    }

    /// A relay at work, and whoever stands round it.
    struct Scene {
        /// Says what goes out, hears what comes in.
        let speaker: End
        let hearer: End
        /// The other side of the connection.
        let peer: End
        let input: End, output: End, connection: End

        init(input: Stream = .socket, output: Stream = .socket, connection: (End, End)? = nil) throws {
            (speaker, self.input) = try input.makeInput()
            (hearer, self.output) = try output.make()
            (self.connection, peer) = try connection ?? End.sockets()
            let flags = fcntl(self.connection.descriptor, F_GETFL)
            _ = fcntl(self.connection.descriptor, F_SETFL, flags | O_NONBLOCK)
        }

        /// Relays to the end, and answers why it broke off.
        func relay() async -> KnockError? {
            await relayed(connection, input: input, output: output)
        }
    }

    static func noise(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<(count / 8)).flatMap { _ in
            unsafe withUnsafeBytes(of: generator.next()) { unsafe Array($0) }
        }
    }

    @Test(arguments: [Stream.pipe, .socket])
    func `the other side hears the end of the input, and can still answer`(stream: Stream) async throws {
        let scene = try Scene(input: stream, output: stream)
        async let ending = scene.relay()
        scene.speaker.write(Array("a question".utf8))
        #expect(scene.peer.read(10) == Array("a question".utf8))
        scene.speaker.leave()
        #expect(scene.peer.read() == [])
        scene.peer.write(Array("an answer".utf8))
        #expect(scene.hearer.read(9) == Array("an answer".utf8))
        scene.peer.end()
        #expect(scene.hearer.read() == [])
        #expect(await ending == nil)
    }

    @Test(arguments: [Stream.pipe, .socket])
    func `the output ends when the other side has said all, and the input goes on`(stream: Stream) async throws {
        let scene = try Scene(input: stream, output: stream)
        async let ending = scene.relay()
        scene.peer.write([0, 255, 10, 13, 0])
        scene.peer.end()
        #expect(scene.hearer.read() == [0, 255, 10, 13, 0])
        for _ in 0..<3 {
            scene.speaker.write([4, 0, 26])
            #expect(scene.peer.read(3) == [4, 0, 26])
        }
        scene.speaker.leave()
        #expect(scene.peer.read() == [])
        #expect(await ending == nil)
    }

    @Test(arguments: Stream.allCases)
    func `every byte passes both ways at once`(output: Stream) async throws {
        let scene = try Scene(input: .pipe, output: output)
        let (out, back) = (RelayTests.noise(5 << 20), RelayTests.noise(3 << 20))
        async let ending = scene.relay()
        async let said: Void = onThread { [speaker = scene.speaker] in
            speaker.write(out)
            speaker.leave()
        }
        async let answered: Void = onThread { [peer = scene.peer] in
            peer.write(back)
            peer.end()
        }
        async let heard = onThread { [peer = scene.peer] in peer.read() }
        async let returned = onThread { [hearer = scene.hearer] in hearer.read(back.count) }
        #expect(await heard == out)
        #expect(await returned == back)
        _ = await (said, answered)
        #expect(await ending == nil)
    }

    @Test(arguments: [Stream.pipe, .socket])
    func `what nobody reads doesn't hold up the other way`(output: Stream) async throws {
        let scene = try Scene(input: .pipe, output: output)
        async let ending = scene.relay()
        let back = RelayTests.noise(2 << 20)
        async let answered: Void = onThread { [peer = scene.peer] in
            peer.write(back)  // More than all buffers on the way hold.
            peer.end()
        }
        try await Task.sleep(for: .milliseconds(100))
        let out = RelayTests.noise(2 << 20)
        async let heard = onThread { [peer = scene.peer] in peer.read() }
        await onThread { [speaker = scene.speaker] in
            speaker.write(out)
            speaker.leave()
        }
        #expect(await heard == out)
        let returned = await onThread { [hearer = scene.hearer] in hearer.read(back.count) }
        #expect(returned == back)
        await answered
        #expect(await ending == nil)
    }

    @Test func `one socket may be input and output`() async throws {
        let scene = try Scene()
        let (inside, outside) = try End.sockets()
        async let ending = relayed(
            scene.connection, input: inside, output: inside)
        outside.write([1, 2, 3])
        #expect(scene.peer.read(3) == [1, 2, 3])
        scene.peer.write([4])
        scene.peer.end()
        #expect(outside.read() == [4])
        outside.end()
        #expect(scene.peer.read() == [])
        #expect(await ending == nil)
    }

    @Test(arguments: Stream.allCases)
    func `streams that others share keep their flags`(stream: Stream) async throws {
        let scene = try Scene(input: stream, output: stream)
        let before = [scene.input, scene.output].map { fcntl($0.descriptor, F_GETFL) }
        async let ending = scene.relay()
        scene.peer.write([1])
        #expect(scene.hearer.read(1) == [1])
        #expect([scene.input, scene.output].map { fcntl($0.descriptor, F_GETFL) } == before)
        scene.peer.end()
        scene.speaker.leave()
        #expect(await ending == nil)
    }

    @Test func `a connection that is reset is broken`() async throws {
        let scene = try Scene(connection: End.connection())
        async let ending = scene.relay()
        scene.speaker.write([1])
        #expect(scene.peer.read(1) == [1])
        scene.peer.reset()
        #expect(await ending == .broken(reason: "Connection reset by peer"))
    }

    @Test func `a reset is noticed where the other side had said all, and nobody types`() async throws {
        let scene = try Scene(connection: End.connection())
        async let ending = scene.relay()
        scene.peer.write([7])
        scene.peer.end()
        #expect(scene.hearer.read() == [7])
        scene.speaker.write([1])
        #expect(scene.peer.read(1) == [1])
        scene.peer.reset()
        #expect(await ending == .broken(reason: "Broken pipe"))  // So the kernel calls it after the end.
    }

    @Test func `what was said before the connection broke is heard`() async throws {
        let scene = try Scene(connection: End.connection())
        scene.peer.write(Array("go away".utf8))
        scene.peer.leave()
        scene.speaker.write(RelayTests.noise(1 << 12))
        async let ending = scene.relay()
        #expect(scene.hearer.read() == Array("go away".utf8))
        scene.speaker.write([1])
        let error = await ending
        #expect(
            [.broken(reason: "Connection reset by peer"), .broken(reason: "Broken pipe")].contains(error),
            "\(String(describing: error))")
    }

    @Test(arguments: Stream.allCases)
    func `a reader that has left ends it`(output: Stream) async throws {
        let scene = try Scene(input: .pipe, output: output)
        scene.hearer.leave()
        scene.peer.write([1])
        let error = try #require(await scene.relay())
        guard case .stream("output", _) = error else { Issue.record("\(error)"); return }
        #expect(error.description.hasPrefix("the standard output: "))
    }

    @Test func `an input that is closed from the start has nothing to say`() async throws {
        let scene = try Scene()
        scene.peer.end()
        let error = await relayed(scene.connection, input: nil, output: scene.output)
        #expect(error == nil)
        #expect(scene.peer.read() == [])
    }

    @Test func `an input that can't be read is told of`() async throws {
        let folder = unsafe End(open("/", O_RDONLY))
        let scene = try Scene()
        let error = await relayed(scene.connection, input: folder, output: scene.output)
        #expect(error == .stream("input", reason: "Is a directory"))
    }
}

/// Relays to the end, and answers why it broke off. Without an input, that is one that nobody has opened.
private func relayed(_ connection: End, input: End?, output: End) async -> KnockError? {
    await onThread {
        // The ends stay open as long as the relay has their numbers.
        withExtendedLifetime((connection, input, output)) {
            var relay = Relay(
                connection: connection.descriptor, input: input?.descriptor ?? 9999, output: output.descriptor)
            do throws(KnockError) { try relay.run() } catch { return error }
            return nil
        }
    }
}
