import KnockCore
import PacketForge
import Testing

extension Stories {
    @Suite struct `R15: full tables` {
        /// Slow enough that the daemon hears every packet.
        private let packetsPerSecond = 20_000

        @Test(.timeLimit(.minutes(1)))
        func `a visit with two knocks outlives 100,000 first knocks of others, and opens`() async throws {
            let door = sshDoor(seqTimeout: "1m", gate: ["visits = 65536"])
            try await Stage.withDaemon(door, behind: .dropping) { stage, daemon in
                try await stage.serves(22)
                try await stage.client.knocks(sshKnocks[0], sshKnocks[1])
                let first = ForgedKnock(port: 2222)
                try await stage.stranger.acts { [packetsPerSecond] moment in
                    try moment.send((0..<100_000).map(first.from), perSecond: packetsPerSecond)
                }
                let status = try await daemon.waits(until: "the flood was heard") { $0.verdicts.total >= 100_002 }
                #expect(status.queue.lost == 0)
                #expect(status.doors[0].visitsTotal == 65_536, "the table is full")
                #expect(status.doors[0].visits.count <= 100)
                try await stage.client.knocks(sshKnocks[2])
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(daemon.status().opened == 1)
                #expect(daemon.log.count < 100, "strangers don't fill the log")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a full table of leases refuses the next, and keeps those that live`() async throws {
            let door = sshDoor(openFor: "1m", gate: ["leases = 2"])
            try await Stage.withDaemon(door) { stage, daemon in
                try await stage.serves(22)
                let visitors = try await stage.crowd(of: 3)
                for visitor in visitors { try await visitor.knocks(sshKnocks) }
                try await #expect(visitors[0].finds(.ssh) == .accepted)
                try await #expect(visitors[1].finds(.ssh) == .accepted)
                try await #expect(visitors[2].finds(.ssh) == .silent)
                try await #expect(daemon.status().opened == 2)
                try await daemon.waits(untilLogSays: "door ssh stays shut for 203.0.113.102")
            }
        }
    }
}

/// One knock over UDP, as sent by any of 16,777,216 sources in 10.0.0.0/8.
struct ForgedKnock {
    private let template: Forged

    /// The datagram has no checksum (RFC 768 allows it), so that only its source differs.
    init(port: UInt16) {
        var packet = Forged.ipv4(from: "10.0.0.0", to: "203.0.113.5", .udp(from: 40_000, to: port))
        packet.bytes.replaceSubrange(26...27, with: [0, 0])
        template = packet
    }

    func from(_ number: Int) -> Forged {
        var packet = template
        packet.bytes.replaceSubrange(12...15, with: (0x0A00_0000 + UInt32(number)).bigEndianBytes)
        return packet
    }
}
