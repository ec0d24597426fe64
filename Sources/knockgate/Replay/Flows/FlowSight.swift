import KnockCore

/// Whose flow it is: two endpoints, whatever the direction.
struct FlowKey: Hashable {
    struct Endpoint: Hashable {
        let address: Address
        let port: UInt16
    }

    let first: Endpoint
    let second: Endpoint
    /// The protocol's number.
    let transport: UInt8
    /// The kind of question, in ICMP; 0 elsewhere.
    var question: UInt8 = 0
}

/// What connection tracking reads of a packet.
enum FlowSight {
    /// It belongs to a flow, or begins one; `isForward` is from the key's first endpoint to its second.
    case part(FlowKey, isForward: Bool, Content)
    /// An ICMP error, about another flow.
    case error
    case neighbourly
    case unreadable

    enum Content {
        case tcp(TCPFlags)
        case udp
        /// Of ICMP: an echo request and the like.
        case question
        /// What only answers such a one.
        case answer
        /// Another protocol, of which only the addresses are looked at.
        case other
    }

    /// - Parameter bytes: the packet from its IP header on.
    init(_ packet: Packet, in bytes: Span<UInt8>) {
        switch packet.content {
        case .tcp(let source, let destination, let flags):
            self.init(packet, 6, source, destination, .tcp(flags))
        case .udp(let source, let destination): self.init(packet, 17, source, destination, .udp)
        case .other(1) where packet.source.family == .ipv4:
            self.init(packet, ICMPMessage(ipv4: bytes))
        case .other(58) where packet.source.family == .ipv6:
            self.init(packet, ICMPMessage(ipv6: bytes))
        case .other(let number): self.init(packet, number, 0, 0, .other)
        }
    }

    /// The key has the smaller endpoint first, so that it is the same both ways.
    private init(
        _ packet: Packet, _ transport: UInt8, _ sourcePort: UInt16, _ destinationPort: UInt16, _ content: Content
    ) {
        let source = FlowKey.Endpoint(address: packet.source, port: sourcePort)
        let destination = FlowKey.Endpoint(address: packet.destination, port: destinationPort)
        let isForward = source.comes(before: destination)
        self = .part(
            FlowKey(
                first: isForward ? source : destination, second: isForward ? destination : source, transport: transport),
            isForward: isForward, content)
    }

    /// The key has who asks first: who asks back begins another flow.
    private init(_ packet: Packet, _ message: ICMPMessage?) {
        switch message {
        case .question(let kind, let number), .answer(let kind, let number):
            let isQuestion = if case .question = message { true } else { false }
            let (asking, asked) =
                isQuestion ? (packet.source, packet.destination) : (packet.destination, packet.source)
            let key = FlowKey(
                first: FlowKey.Endpoint(address: asking, port: number),
                second: FlowKey.Endpoint(address: asked, port: number), transport: 1, question: kind)
            self = .part(key, isForward: isQuestion, isQuestion ? .question : .answer)
        case .error: self = .error
        case .neighbourly: self = .neighbourly
        case .unknown, nil: self = .unreadable
        }
    }
}

extension FlowKey.Endpoint {
    fileprivate func comes(before other: FlowKey.Endpoint) -> Bool {
        (address.high, address.low, port) < (other.address.high, other.address.low, other.port)
    }
}

/// What a message of ICMP (RFC 792, 950) or ICMPv6 (RFC 4443) is to connection tracking. Questions are known by the
/// number that their answers repeat.
private enum ICMPMessage {
    case question(UInt8, number: UInt16)
    case answer(UInt8, number: UInt16)
    case error
    /// Neighbours, routers and groups, as IPv6 has them (RFC 4861, 2710, 3810).
    case neighbourly
    case unknown

    init?(ipv4 bytes: Span<UInt8>) {
        guard bytes.count >= 20 else { return nil }
        let offset = Int(bytes[0] & 0x0F) * 4
        guard offset + 8 <= bytes.count else { return nil }
        let number = UInt16(bytes[offset + 4]) << 8 | UInt16(bytes[offset + 5])
        self =
            switch bytes[offset] {
            case 8, 13, 15, 17: .question(bytes[offset], number: number)
            case 0: .answer(8, number: number)
            case 14, 16, 18: .answer(bytes[offset] - 1, number: number)
            case 3, 4, 5, 11, 12: .error
            default: .unknown
            }
    }

    /// Behind the IPv6 header, or behind the one hop-by-hop header that talk of groups has.
    init?(ipv6 bytes: Span<UInt8>) {
        guard bytes.count >= 48 else { return nil }
        let offset = bytes[6] == 0 ? 48 + 8 * Int(bytes[41]) : 40
        guard offset + 8 <= bytes.count else { return nil }
        let number = UInt16(bytes[offset + 4]) << 8 | UInt16(bytes[offset + 5])
        self =
            switch bytes[offset] {
            case 128: .question(128, number: number)
            case 129: .answer(128, number: number)
            case 139: .question(139, number: number)
            case 140: .answer(139, number: number)
            case 130...136, 143: .neighbourly
            case 0..<128: .error
            default: .unknown
            }
    }
}
