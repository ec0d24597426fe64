import Foundation
import KnockCore
import PacketForge
import Testing

extension Stories {
    @Suite struct `Replay: a capture of both directions` {
        /// What the kernel tracks decides what comes to the queue; replay has to see the same in the capture alone.
        @Test(.timeLimit(.minutes(1)))
        func `replayed with --to, it gives the verdicts that the daemon gave`() async throws {
            try await Stage.withDaemon(sshDoor(openFor: "30s", ["connections = 2"])) { stage, daemon in
                try await stage.serves(22)
                let captured = try await stage.captures { try await stage.plays() }
                try await daemon.waits(until: "everything is answered") { $0.queue.waiting == 0 }
                let verdicts = try await daemon.status().verdicts
                #expect(verdicts.accept > 4 && verdicts.drop > 2 && verdicts.next > 12, "\(verdicts)")

                let all = try await stage.replays(captured, [])
                let counts = try await stage.replays(
                    captured, ["--to", "203.0.113.5", "--to", "203.0.113.6", "--to", "2001:db8::5"])
                #expect(counts == ["accept": verdicts.accept, "drop": verdicts.drop, "next": verdicts.next])
                #expect(
                    all.values.reduce(0, +) > 2 * verdicts.total, "replies and sessions are in the capture, too: \(all)"
                )
            }
        }
    }
}

extension Program {
    fileprivate static let tcpdump = Program(name: "tcpdump", package: "tcpdump")
}

extension Stage {
    /// Captures all that comes to the server and leaves it while `acts` play; answers the capture's path.
    fileprivate func captures(_ acts: () async throws -> Void) async throws -> String {
        let file = path("both.pcap")
        let options = ["-i", "lan0", "-Z", "root", "-U", "--immediate-mode", "-w", file]
        _ = try await server.hosting(.tcpdump, options, ready: "listening on") { _ in
            try await acts()
            try await Task.sleep(for: .milliseconds(300))  // What tcpdump has still to take from the kernel.
        }
        return file
    }

    /// The verdicts that `knockgate replay` counts.
    fileprivate func replays(_ capture: String, _ options: [String]) async throws -> [String: Int] {
        let arguments = ["replay", "--json", "--config", path("knockgate.conf")] + options + [capture]
        let finished = try await server.run(.knockgate, arguments)
        try finished.succeeded()
        let lines = finished.output.split(separator: "\n").map { Data($0.utf8) }
        return try lines.map { try JSONDecoder().decode(ReplayedLine.self, from: $0).verdict }
            .reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// What a server sees in a minute: knocks and sessions, SYNs sent again, pings, scans, odd flags, fragments, and
    /// connections of its own.
    fileprivate func plays() async throws {
        let (client, other) = (client, client.at("2001:db8::7"))
        try await #expect(client.tries(.ssh, patience: .milliseconds(1300)).answer == .silent)
        for visitor in [client, other] {
            try await visitor.knocks(sshKnocks)
            let session = try await visitor.tries(.ssh)
            #expect(session.answer == .accepted)
            session.write("Is anybody there?")
            session.write("Goodbye.")
        }
        for _ in 0..<2 { try await #expect(client.finds(.unprotected) == .refused) }
        for port in [22, 23, 2222] { try await stranger.knocks(.tcp(UInt16(port)), .udp(UInt16(port))) }
        for number: UInt8 in [1, 1, 2] {
            try await sendsAlone(.echoRequest(from: client.address, to: client.server, number: number))
        }
        let flags: [TCPFlags] = [
            .ack, [.fin, .ack], .syn, .ack, .rst, .syn, [.syn, .ack], [], [.fin, .psh, .urg], .syn,
        ]
        for port: UInt16 in [22, 9] {
            for flags in flags { try await sendsAlone(client.segment(to: port, flags: flags, from: 40_000 + port)) }
        }
        try await callsFromServer()
    }

    /// While a packet waits for its verdict, the kernel doesn't know its flow yet: the next one comes when it does.
    private func sendsAlone(_ packet: Forged) async throws {
        try await client.sends([packet])
        try await Task.sleep(for: .milliseconds(20))
    }

    /// The server asks, and the client's answers aren't new: a refusal by reset, one by ICMP, and a ping's.
    private func callsFromServer() async throws {
        let outward = Visitor(machine: server, address: "203.0.113.5")
        try await outward.acts { try $0.knock([.tcp(81), .udp(81)], at: "203.0.113.7") }
        try await outward.sends([Forged.echoRequest(from: outward.address, to: client.address, number: 3)])
    }
}

extension Forged {
    /// A ping of RFC 792, with its checksum.
    fileprivate static func echoRequest(from source: Address, to destination: Address, number: UInt8) -> Forged {
        let checksum = ~(0x0800 + UInt16(number))
        let message: [UInt8] = [8, 0] + checksum.bigEndianBytes + [0, number, 0, 0]
        return .ipv4(from: source, to: destination, .raw(protocol: 1, message))
    }
}

/// The part of a line of `replay --json` that is counted.
private struct ReplayedLine: Decodable {
    let verdict: String
}
