import KnockCore

/// What a packet of the capture is called in `replay`'s outputs.
extension ReplayPacket {
    /// `tcp`, `udp`, `other` or `malformed`.
    var protocolName: String {
        switch parsed?.content {
        case .tcp: "tcp"
        case .udp: "udp"
        case .other: "other"
        case nil: "malformed"
        }
    }

    /// `22/tcp`, `proto 47`, `malformed`.
    var portName: String {
        guard case .other(let number) = parsed?.content else {
            return parsed?.destinationPort.map(\.description) ?? "malformed"
        }
        return "proto \(number)"
    }
}

extension Event {
    /// `visit ssh 2/3`; it names the door, never a knock.
    func words(_ doors: [Door]) -> String {
        let name = doors[door].name
        return switch change {
        case .knocked(let heard, let of): "visit \(name) \(heard)/\(of)"
        case .knockedToClose(let heard, let of): "closing \(name) \(heard)/\(of)"
        case .strayed(let heard, let of): "stray \(name) \(heard)/\(of)"
        case .opened: "open \(name)"
        case .connected(_, let used, let of): "connection \(name) \(used)/\(of)"
        case .closed: "closed \(name)"
        case .refused: "refused \(name)"
        }
    }
}
