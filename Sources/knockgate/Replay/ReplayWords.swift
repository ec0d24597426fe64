import KnockCore

/// What an answer of the gate is called in `replay`'s two outputs.
extension ReplayGate.Answer {
    /// `tcp`, `udp`, `other` or `malformed`.
    var protocolName: String {
        switch packet?.content {
        case .tcp: "tcp"
        case .udp: "udp"
        case .other: "other"
        case nil: "malformed"
        }
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
