import KnockCore

/// Does anything listen behind the doors?
struct ListenerCheck {
    /// Nil when the kernel's lists can't be read.
    let listeners: Listeners?
    let doors: [Door]

    var findings: [Finding] {
        let ports = Set(doors.flatMap(\.protects)).sorted {
            ($0.number, $0.transport.rawValue) < ($1.number, $1.transport.rawValue)
        }
        guard !ports.isEmpty else { return [] }
        guard let listeners else {
            return [.wrong("could not see who listens on the protected ports: /proc/net can't be read")]
        }
        return ports.compactMap { problem($0, listeners) }.orFine(
            "something listens on \(ports.map(\.description).joined(separator: ", "))")
    }

    private func problem(_ port: Port, _ listeners: Listeners) -> Finding? {
        if listeners.reachable.contains(port) { return nil }
        if listeners.onLoopback.contains(port) {
            return .wrong(
                "\(port) is listened on at loopback addresses alone: whom the gate lets in finds nobody there",
                mending: ["ss -lntup 'sport = \(port.number)'"])
        }
        return .wrong(
            "nothing listens on \(port): start the service, or is it another port?",
            mending: [port == .tcp(22) ? "systemctl start ssh" : "ss -lntup"])
    }
}
