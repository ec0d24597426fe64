import KnockCore

/// The ports on which programs wait, from the lists in /proc/net.
struct Listeners: Equatable {
    /// The ports that are reached from outside, and those on loopback addresses alone.
    private(set) var reachable: Set<Port> = []
    private(set) var onLoopback: Set<Port> = []

    /// Reads one list: `/proc/net/tcp`, `tcp6`, `udp` or `udp6`. Its second field is the local address and port in
    /// hexadecimal, the address in words of the machine's byte order; the fourth is the state (proc(5)).
    mutating func read(_ list: String, _ transport: Transport) {
        // include/net/tcp_states.h: TCP_LISTEN; a UDP socket that isn't connected is TCP_CLOSE.
        let waiting = transport == .tcp ? "0A" : "07"
        for line in list.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[3] == waiting else { continue }
            let local = fields[1].split(separator: ":")
            guard local.count == 2, let number = UInt16(local[1], radix: 16) else { continue }
            let port = Port(number, transport)
            if Listeners.isLoopback(local[0]) { onLoopback.insert(port) } else { reachable.insert(port) }
        }
    }

    /// 127.0.0.0/8, ::1, and 127.0.0.0/8 as an IPv4-mapped address.
    private static func isLoopback(_ address: Substring) -> Bool {
        switch address.count {
        case 8: address.hasSuffix("7F")
        case 32:
            address == "00000000000000000000000001000000"
                || address.hasPrefix("0000000000000000FFFF0000") && address.hasSuffix("7F")
        default: false
        }
    }
}
