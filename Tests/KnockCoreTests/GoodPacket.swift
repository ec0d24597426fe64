import KnockCore
import PacketForge
import Testing

/// A packet without fault, and what is to be read of it.
struct GoodPacket: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let content: Packet.Content
    let family: Address.Family
    /// How long the IP header is, with its options or extension headers.
    let payloadStart: Int

    var source: Address { family == .ipv4 ? "198.51.100.7" : "2001:db8::7" }
    var destination: Address { family == .ipv4 ? "203.0.113.5" : "2001:db8::5" }

    /// Where the last header ends that has to be read.
    var headersEnd: Int {
        switch content {
        case .tcp: payloadStart + 20
        case .udp: payloadStart + 8
        case .other: payloadStart
        }
    }

    /// The same packet with more bytes at its end, which its IP header counts.
    func lengthened(by count: Int) -> [UInt8] {
        var longer = bytes + Array(repeating: 0xA5, count: count)
        let (offset, length) = family == .ipv4 ? (2, longer.count) : (4, longer.count - 40)
        longer.replaceSubrange(offset..<offset + 2, with: UInt16(length).bigEndianBytes)
        return longer
    }
}

extension GoodPacket {
    static let all = ipv4 + ipv6

    private static let payloads: [(name: String, Forged.Payload, Packet.Content)] = [
        ("TCP", .tcp(from: 40000, to: 3333), .tcp(source: 40000, destination: 3333, flags: .syn)),
        ("UDP", .udp(from: 40000, to: 2222, data: [1, 2, 3, 4, 5]), .udp(source: 40000, destination: 2222)),
        ("empty UDP to port 0", .udp(from: 65535, to: 0), .udp(source: 65535, destination: 0)),
        ("ICMP", .raw(protocol: 1, [8, 0, 0xF7, 0xFD, 0, 1, 0, 1]), .other(1)),
        ("nothing", .raw(protocol: 59, []), .other(59)),
    ]

    private static var ipv4: [GoodPacket] {
        let kinds: [(name: String, options: [UInt8], fragment: UInt16)] = [
            ("plain", [], 0), ("don't fragment", [], 0x4000), ("first fragment", [], 0x2000),
            ("router alert", [0x94, 4, 0, 0], 0), ("most options", Array(repeating: 1, count: 40), 0),
        ]
        return kinds.flatMap { kind in
            payloads.map { name, payload, content in
                let forged = Forged.ipv4(
                    from: "198.51.100.7", to: "203.0.113.5", payload, options: kind.options, fragment: kind.fragment)
                return GoodPacket(
                    testDescription: "\(name) in IPv4, \(kind.name)", bytes: forged.bytes, content: content,
                    family: .ipv4, payloadStart: 20 + kind.options.count)
            }
        }
    }

    private static var ipv6: [GoodPacket] {
        let authentication = Forged.Extension(number: 51, rest: [4] + Array(repeating: 7, count: 22))
        let long = Forged.Extension(number: 60, rest: [2, 1, 20] + Array(repeating: 0, count: 20))
        let chains: [(name: String, [Forged.Extension])] = [
            ("plain", []), ("hop by hop", [.hopByHop]), ("destination options", [.destinationOptions]),
            ("routing", [.routing]), ("authentication", [authentication]), ("24 bytes of options", [long]),
            ("atomic fragment", [.fragment(offset: 0, more: false)]),
            ("first fragment", [.fragment(offset: 0, more: true)]),
            ("mobility", [Forged.Extension(number: 135, rest: [0, 0, 0, 0, 0, 0, 0])]),
            ("host identity", [Forged.Extension(number: 139, rest: [0, 0, 0, 0, 0, 0, 0])]),
            ("shim6", [Forged.Extension(number: 140, rest: [0, 0, 0, 0, 0, 0, 0])]),
            (
                "five in RFC 8200's order",
                [.hopByHop, .routing, .fragment(offset: 0, more: true), authentication, long]
            ),
            ("eight", Array(repeating: .destinationOptions, count: 7) + [authentication]),
        ]
        return chains.flatMap { chainName, chain in
            payloads.map { name, payload, content in
                let forged = Forged.ipv6(from: "2001:db8::7", to: "2001:db8::5", payload, extensions: chain)
                return GoodPacket(
                    testDescription: "\(name) in IPv6, \(chainName)", bytes: forged.bytes, content: content,
                    family: .ipv6, payloadStart: 40 + chain.reduce(0) { $0 + 1 + $1.rest.count })
            }
        }
    }
}
