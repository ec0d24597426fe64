import KnockCore
import PacketForge
import Testing

@testable import knockgate

/// `--to`: of a capture of both directions, only what the rule would have handed over is judged.
@Suite struct ReplaySieveTests {
    private let rules: Rules

    init() throws { rules = try .ssh() }

    @Test func `of a knock and a session, only what was new is judged`() throws {
        let capture = bothDirections
        #expect(try numbers(capture, to: ["203.0.113.5"]) == [1, 2, 4, 5, 6, 11, 13])
        #expect(try numbers(capture, to: ["203.0.113.0/24"]) == [1, 2, 4, 5, 6, 11, 13])
        #expect(try numbers(capture, to: ["198.51.100.7"]) == [14])
        #expect(try numbers(capture, to: ["192.0.2.1"]) == [])
        #expect(try numbers(capture, to: ["192.0.2.1", "203.0.113.5"]) == [1, 2, 4, 5, 6, 11, 13])
        #expect(try numbers(capture, to: []) == Array(1...15))
    }

    @Test func `their lines are those of a capture that holds nothing else`() throws {
        let alone = ForgedCapture(of: [.udp(2222), .tcp(3333), .udp(4444), .tcp(22)])
        let expected = try Replayed(alone.bytes, rules, asJSON: true).lines.map(judgement)
        let lines = try Replayed(bothDirections.bytes, rules, to: ["203.0.113.5"], asJSON: true).lines.map(judgement)
        #expect(Array(lines.prefix(2) + lines[3...4]) == expected)
    }

    @Test func `without it nothing is new or old`() throws {
        let text = try Replayed(bothDirections.bytes, rules, asJSON: false).whole
        #expect(text.contains("\n15 packets: "))
        let sieved = try Replayed(bothDirections.bytes, rules, to: ["203.0.113.5"], asJSON: false).whole
        #expect(sieved.contains("\n15 packets, 7 of them new: 2 accept, 1 drop, 4 next\n"))
    }

    @Test func `a machine's packets to itself, later fragments and what isn't IP never come to the rule`() throws {
        let datagram = Forged.Payload.udp(from: 40000, to: 2222, data: Array(repeating: 0, count: 24))
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        for packet in [
            Forged(Packet(from: "203.0.113.5", to: .udp(2222))),
            .ipv4(from: "198.51.100.7", to: "203.0.113.5", datagram, fragment: 0x2000),
            .ipv4(from: "198.51.100.7", to: "203.0.113.5", datagram, fragment: 0x0004), Forged([0x45]), Forged([]),
            .ipv6(from: "2001:db8::7", to: "2001:db8::5", datagram, extensions: [.fragment(offset: 3, more: false)]),
        ] {
            capture.append(packet.bytes, at: ForgedCapture.start)
        }
        #expect(try numbers(capture, to: ["203.0.113.5", "2001:db8::5"]) == [2])
        var flagged = rules
        flagged.doors[0].tcpFlags = TCPFlagsFilter(set: .fin, clear: [])
        let lines = try Replayed(capture.bytes, flagged, to: ["203.0.113.5", "2001:db8::5"], asJSON: true).lines
        #expect(lines.map(number) == [2])
    }

    @Test func `where a door hears other flags than SYN, the rule hands over invalid packets, too`() throws {
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .raw)
        for flags: TCPFlags in [.fin, [.syn, .ack], .syn] {
            let packet = Packet(from: "198.51.100.7", to: "203.0.113.5", .tcp(source: 1, destination: 9, flags: flags))
            capture.append(packet, second: 0)
        }
        #expect(try numbers(capture, to: ["203.0.113.5"]) == [3])
        var flagged = rules
        flagged.doors[0].tcpFlags = TCPFlagsFilter(set: .fin, clear: [])
        let lines = try Replayed(capture.bytes, flagged, to: ["203.0.113.5"], asJSON: true).lines
        #expect(lines.map(number) == [1, 2, 3])
    }

    @Test func `two gates are compared by what is new alone`() throws {
        var other = rules
        other.doors = []
        let compared = try Replayed(
            bothDirections.bytes, rules, differently: other, to: ["203.0.113.5"], asJSON: true)
        #expect(compared.lines.map(number) == [4, 5, 6, 13])
    }

    /// A client knocks, with a refusal among the knocks' answers; connects twice, for the first SYN is too early; talks;
    /// and asks another port. Then it is asked itself.
    private var bothDirections: ForgedCapture {
        let (client, server): (Address, Address) = ("198.51.100.7", "203.0.113.5")
        var capture = ForgedCapture(.pcap(.nanoseconds, .little), over: .ethernet(tags: []))
        var second = 0.0
        func add(from source: Address, to destination: Address, _ content: Packet.Content) {
            capture.append(Packet(from: source, to: destination, content), second: second)
            second += 0.5
        }
        func comes(_ flags: TCPFlags, from port: UInt16 = 40000, to number: UInt16 = 22) {
            add(from: client, to: server, .tcp(source: port, destination: number, flags: flags))
        }
        func goes(_ flags: TCPFlags, to port: UInt16 = 40000, from number: UInt16 = 22) {
            add(from: server, to: client, .tcp(source: number, destination: port, flags: flags))
        }
        add(from: client, to: server, .udp(source: 40000, destination: 2222))  // 1
        comes(.syn, to: 3333)  // 2
        goes([.rst, .ack], from: 3333)
        comes(.syn)  // 4: too early, dropped.
        add(from: client, to: server, .udp(source: 40000, destination: 4444))  // 5
        comes(.syn)  // 6
        goes([.syn, .ack])
        comes(.ack)
        goes([.ack, .psh])
        comes([.ack, .psh])
        comes(.syn, from: 40001, to: 9)  // 11
        goes([.rst, .ack], to: 40001, from: 9)
        comes(.syn, from: 40002, to: 22)  // 13
        goes(.syn, to: 80, from: 50000)  // 14
        comes([.syn, .ack], from: 80, to: 50000)
        return capture
    }

    private func numbers(_ capture: ForgedCapture, to addresses: [Network]) throws -> [Int?] {
        try Replayed(capture.bytes, rules, to: addresses, asJSON: true).lines.map(number)
    }

    private func number(of line: Substring) -> Int? { Int(line.dropFirst(#"{"packet":"#.count).prefix { $0 != "," }) }

    /// What a line says behind its number and its time.
    private func judgement(in line: Substring) -> Substring { line.drop { $0 != "s" } }
}
