import ArgumentParser
import Foundation
import KnockControl
import KnockCore
import Testing

@testable import knockgate

@Suite struct ControlClientTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func client(_ reply: Reply, hangsUp: Bool = true) throws -> (ControlClient, FakeDaemon) {
        try client(reply.bytes, hangsUp: hangsUp)
    }

    private func client(_ bytes: [UInt8], hangsUp: Bool = true) throws -> (ControlClient, FakeDaemon) {
        let daemon = try FakeDaemon(in: scratch, answering: bytes, hangsUp: hangsUp)
        return (ControlClient(path: daemon.path), daemon)
    }

    @Test(arguments: [true, false])
    func `an order is sent as a line, and what was done comes back`(hangsUp: Bool) throws {
        let (client, daemon) = try client(.done("door ssh is open\nreally"), hangsUp: hangsUp)
        #expect(try client.order(.reload) == "door ssh is open\nreally")
        #expect(daemon.requests == ["knockgate/1 reload\n"])
    }

    @Test func `a large status comes back whole`() throws {
        var status = Status.example
        status.doors[0].leases = (0..<10_000).map {
            Status.Lease(source: "2001:db8::\($0)", remaining: .seconds($0), connections: 0, limit: nil)
        }
        let (client, daemon) = try client(.status(status))
        #expect(try client.status() == status)
        #expect(daemon.requests == ["knockgate/1 status\n"])
    }

    @Test func `a refusal is the answer no, in the daemon's words`() throws {
        let (client, daemon) = try client(.refused("no door \"shh\""))
        #expect(throws: Failure(.no, "no door \"shh\"")) { try client.order(.reload) }
        #expect(throws: Failure(.no, "no door \"shh\"")) { try client.status() }
        #expect(daemon.requests.count == 2)
    }

    @Test func `a daemon that doesn't understand is no daemon to talk to`() throws {
        let (client, daemon) = try client(.bad("other protocol version"))
        let failure = Failure(.noDaemon, "the daemon at \(daemon.path) doesn't understand: other protocol version")
        #expect(throws: failure) { try client.status() }
    }

    @Test func `an answer to another question is told from the right one`() throws {
        let (client, daemon) = try client(.done("yes"))
        #expect(throws: Failure(.noDaemon, "the daemon at \(daemon.path) answers something else")) {
            try client.status()
        }
    }

    @Test(arguments: ["", "done yes\n", "done yes\nen"])
    func `a reply that breaks off isn't taken for one`(text: String) throws {
        let (client, daemon) = try client(Array(text.utf8))
        #expect(throws: Failure(.noDaemon, "\(daemon.path): the daemon's answer breaks off")) {
            try client.order(.reload)
        }
    }

    @Test func `a reply without end is given up`() throws {
        let (client, daemon) = try client([UInt8](repeating: UInt8(ascii: "x"), count: Reply.longest + 100_000))
        #expect(throws: Failure(.noDaemon, "\(daemon.path): the daemon's answer is longer than 8388608 bytes")) {
            try client.status()
        }
    }

    @Test(arguments: ["", "done yes\n"])
    func `a daemon that falls silent is given up`(text: String) throws {
        var (client, daemon) = try client(Array(text.utf8), hangsUp: false)
        client.patience = .milliseconds(100)
        let time = ContinuousClock().measure {
            #expect(throws: Failure(.noDaemon, "the daemon at \(daemon.path) doesn't answer")) {
                try client.order(.reload)
            }
        }
        #expect(time >= .milliseconds(100) && time < .seconds(5))
    }

    @Test func `where nobody listens there is no daemon, and the user learns what to do`() throws {
        let words = #": start knockgated (as a service: "systemctl start knockgate"), or name its socket with --socket"#
        let file = try scratch.file("file", "")
        for path in ["\(scratch.path)/none", "\(scratch.path)/no/where", "\(file)/below", file] {
            #expect(throws: Failure(.noDaemon, "no daemon at \(path)\(words)")) {
                try ControlClient(path: path).status()
            }
        }
    }

    @Test func `whoever has no right to the socket learns how to get it`() {
        let failure = Failure(errno: EACCES, path: "/run/x")
        #expect(failure == Failure(.noDaemon, "no right to /run/x: use sudo, or join the group knockgate"))
    }

    @Test(arguments: ["", "/" + String(repeating: "x", count: 107)])
    func `a path that can't be a socket's is bad usage`(path: String) {
        #expect(throws: Failure(.badUsage, "the path of a socket has 1 to 107 bytes, unlike \"\(path)\"")) {
            try ControlClient(path: path).status()
        }
    }

    @Test func `a request that would be too long isn't sent`() throws {
        let (client, daemon) = try client(.done("yes"))
        let name = String(repeating: "x", count: 500)
        #expect(throws: Failure(.badUsage, "a request has at most 512 bytes, this one is longer")) {
            try client.order(.close(door: name, source: .init(ipv4: 1)))
        }
        #expect(daemon.requests == [])
    }
}
