import KnockClient
import KnockCore

/// Tells what a client does, where to and when: `hitting udp 203.0.113.5:2222 at 0.1 ms`, the time being what has passed
/// since it began.
struct Steps {
    private let start = ContinuousClock.now

    func knocks(_ port: Port, at destination: Destination) -> String {
        "hitting \(port.transport) \(destination.endpoint(port)) at \(time)"
    }

    func line(_ step: Entrance.Step, at destination: Destination) -> String {
        switch step {
        case .knocks(let port): knocks(port, at: destination)
        case .tries(let port): "trying \(port.transport) \(destination.endpoint(port)) at \(time)"
        case .again(let pause): "knocking again at \(time), with \(pause.milliseconds) between the knocks"
        }
    }

    private var time: String { start.duration(to: .now).milliseconds }
}

extension Duration {
    /// `12.3 ms`; without its fraction where that is nothing.
    var milliseconds: String {
        let tenths = Int64(self / .microseconds(100))
        return tenths % 10 == 0 ? "\(tenths / 10) ms" : "\(tenths / 10).\(tenths % 10) ms"
    }
}
