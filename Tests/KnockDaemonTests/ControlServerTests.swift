import Glibc
import Host
import KnockCore
import Testing

@testable import KnockDaemon

/// The control socket, when many want to talk or the system has nothing left for them (R16).
@Suite struct ControlServerTests {
    /// A server at a socket of its own, and those who connect to it.
    private final class Place {
        var poller: Poller
        var server: ControlServer
        private let path: String
        private var guests: [Int32] = []

        init() throws {
            path = "/tmp/knockgate-control-\(try RandomNumber.draw())"
            poller = try Poller.make()
            server = try ControlServer.listen(at: path, as: 0)
            try server.open(poller)
        }

        deinit {
            for guest in guests { close(guest) }
            server.close()
        }

        func comes() throws {
            let address = try #require(UnixSocketAddress(path))
            let guest = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            guests.append(guest)
            let outcome = unsafe address.withPointer { unsafe connect(guest, $0, $1) }
            try #require(outcome == 0)
        }

        /// Puts something in the listener's place that calls all the time, and yet lets nobody in.
        func breaks() throws {
            var ends: [Int32] = [0, 0]
            try #require(unsafe pipe(&ends) == 0)
            try #require(unsafe write(ends[1], "!", 1) == 1)
            try #require(dup2(ends[0], server.listener.descriptor.number) >= 0)
            guests += ends
            try server.open(poller)
        }

        func says(hello second: Int) { server.hello(poller, at: moment(second)) }
        func expires(at second: Int) throws { try server.expire(poller, at: moment(second)) }
        func isDue(at second: Int) -> Bool { server.nextDeadline == moment(second) }

        /// Whether the poller says that somebody waits at the door.
        func isCalled() throws -> Bool {
            var ready: [UInt64] = []
            try poller.wait(&ready, milliseconds: 0)
            return ready.contains(0)
        }

        private func moment(_ second: Int) -> Instant { Instant(nanoseconds: Int64(second) * 1_000_000_000) }
    }

    @Test func `those who wait are let in by turns, so that packets are answered in between`() throws {
        let place = try Place()
        for _ in 0...ControlServer.mostClients { try place.comes() }
        place.says(hello: 0)
        #expect(try place.isCalled(), "one too many for one turn")
        place.says(hello: 0)
        #expect(try !place.isCalled())
    }

    @Test func `a socket that can let nobody in rests for a second instead of calling all the time`() throws {
        let place = try Place()
        try place.breaks()
        #expect(try place.isCalled())
        place.says(hello: 5)
        #expect(try !place.isCalled())
        #expect(place.isDue(at: 6))
        try place.expires(at: 5)
        #expect(try !place.isCalled())
        try place.expires(at: 6)
        #expect(try place.isCalled())
        #expect(!place.isDue(at: 6))
    }
}
