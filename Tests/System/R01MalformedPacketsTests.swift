import KnockCore
import PacketForge
import Testing

extension Stories {
    @Suite struct `R1: packets that can't be read` {
        /// Conntrack calls most of them invalid, so that the rule as printed doesn't send them; an administrator's own might.
        private let everything = QueueRule(states: "NEW,INVALID")

        @Test(.timeLimit(.minutes(1)))
        func `truncated packets are dropped and counted, and disturb no visit`() async throws {
            try await Stage.withDaemon(sshDoor(), behind: .dropping, rule: everything) { stage, daemon in
                try await stage.serves(22)
                let client = stage.client
                let cut = [
                    client.packet(.raw(protocol: 17, [0x9C, 0x40, 0x08, 0xAE])),  // Half a UDP header.
                    client.packet(.raw(protocol: 6, [0x9C, 0x40, 0x0D, 0x05, 0, 0, 0, 1, 0, 0])),  // Half a TCP header.
                    client.packet(.raw(protocol: 6, [])),
                    client.packet(.raw(protocol: 17, [0x9C, 0x40, 0x08, 0xAE, 0, 99, 0, 0])),  // Says 99 bytes, has 8.
                ]
                try await client.knocks(.udp(2222))
                try await client.sends(cut)
                try await daemon.waits(until: "four packets were malformed") { $0.malformed == 4 }
                try await #expect(daemon.status().heard(from: "203.0.113.7") == 1)
                try await client.knocks(.tcp(3333), .udp(4444))
                try await #expect(client.finds(.ssh) == .accepted)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `nine extension headers are more than anybody needs`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                let client = stage.client.at("2001:db8::7")
                let long = Forged.ipv6(
                    from: client.address, to: client.server, .udp(from: 40_000, to: 2222),
                    extensions: Array(repeating: .destinationOptions, count: 9))
                try await client.sends([long])
                try await daemon.waits(until: "the packet was malformed") { $0.malformed == 1 }
                try await #expect(daemon.status().heard(from: "2001:db8::7") == 0)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a knock in two fragments is one knock, and half of one is none`() async throws {
            try await Stage.withDaemon(sshDoor(), behind: .dropping, rule: everything) { stage, daemon in
                let client = stage.client
                // A UDP datagram to 2222 of 24 bytes without a checksum; fragments are cut at multiples of 8.
                let datagram: [UInt8] = [0x9C, 0x40, 0x08, 0xAE, 0, 24, 0, 0] + Array(repeating: 0, count: 16)
                func fragment(_ bytes: ArraySlice<UInt8>, at word: UInt16, of datagram: UInt16) -> Forged {
                    .ipv4(
                        from: client.address, to: client.server, .raw(protocol: 17, Array(bytes)), fragment: word,
                        identification: datagram)
                }
                try await client.sends([fragment(datagram[..<16], at: 0x2000, of: 1)])
                try await client.sends([fragment(datagram[16...], at: 0x0002, of: 2)])
                try await #expect(client.finds(.ssh) == .silent)
                try await #expect(daemon.status().heard(from: "203.0.113.7") == 0)
                try await client.sends([fragment(datagram[16...], at: 0x0002, of: 1)])
                try await daemon.waits(until: "the knock was heard") { $0.heard(from: "203.0.113.7") == 1 }
            }
        }

        @Test(.timeLimit(.minutes(1)), arguments: ["203.0.113.7", "2001:db8::7"])
        func `20,000 packets of noise leave the gate standing`(address: String) async throws {
            try await Stage.withDaemon(sshDoor(), behind: .dropping, rule: everything) { stage, daemon in
                try await stage.serves(22)
                let client = try stage.client.at(#require(Address(address)))
                try await client.acts { moment in
                    var noise = Noise(seed: 0x5EED)
                    let packets = (0..<20_000).map { _ in client.packet(noise.payload()) }
                    try moment.send(packets, perSecond: 20_000)
                }
                let status = try await daemon.waits(until: "the noise was heard") { $0.malformed > 2000 }
                #expect(status.opened == 0)
                try await client.knocks(sshKnocks)
                try await #expect(client.finds(.ssh) == .accepted)
            }
        }
    }
}

/// Payloads of random bytes behind a random protocol's number, the same ones each time (SplitMix64).
private struct Noise: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// TCP and UDP, any other protocol, and the extension headers of IPv6; 0 to 64 bytes.
    mutating func payload() -> Forged.Payload {
        let number = [6, 17, 0, 43, 44, 51, 60, UInt8.random(in: 0...255, using: &self)].randomElement(using: &self)
        let length = Int.random(in: 0...64, using: &self)
        return .raw(protocol: number ?? 6, (0..<length).map { _ in .random(in: 0...255, using: &self) })
    }
}
