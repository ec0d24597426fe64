/// Who listens to the queue.
import Foundation

enum Listener: Sendable {
    case gate, batched, classic
    /// Looks at no packet, and so is no choice for anybody: it shows what the kernel takes, where that is asked.
    case floor

    /// Those that judge each packet: every group that has listeners has them.
    static let judges: [Listener] = [.gate, .batched, .classic]

    var name: String {
        switch self {
        case .gate: Subject.knockgate
        case .batched: Subject.batched
        case .classic: Subject.classic
        case .floor: Subject.floor
        }
    }
}

/// What the gate is configured with; the yardsticks get the same length of the queue.
struct GateSettings: Sendable {
    var queueLength = 8192
    var visits = 65_536
    var leases = 16_384
    var closed = "drop"
    var seqTimeout = "15s"
    var openFor = "30s"

    var text: String {
        """
        [gate]
        queue        = \(Bench.queue)
        queue_length = \(queueLength)
        closed       = \(closed)
        visits       = \(visits)
        leases       = \(leases)
        [door ssh]
        protects     = \(Bench.port)/tcp
        sequence     = 2222/udp 3333/tcp 4444/udp
        seq_timeout  = \(seqTimeout)
        open_for     = \(openFor)

        """
    }
}

/// The knocks of the door, as our sender and our client read them.
enum Knocks {
    static let all = ["2222/udp", "3333/tcp", "4444/udp"]
    static let first = "2222/udp"
    static let second = "3333/tcp"
    /// Nobody's knock.
    static let wrong = "9999/tcp"
}

extension Bench {
    /// Starts a listener, waits until it has the queue, does the work, and ends it.
    ///
    /// - Parameter opens: whether a yardstick accepts what comes to the protected port, as the gate does for one who has
    ///   knocked, or drops it.
    func withListener<Answer: Sendable>(
        _ listener: Listener, _ settings: GateSettings = GateSettings(), opens: Bool = false,
        on processor: Machine.Processor? = .ofListener, _ work: (Background) async throws -> Answer
    ) async throws -> Answer {
        let words = ["\(Bench.queue)", "\(settings.queueLength)", "0x1000", "\(Bench.port)", opens ? "accept" : "drop"]
        switch listener {
        case .classic: return try await server.hosting(.classicLoop, words, on: processor, work)
        case .batched: return try await server.hosting(.batchedLoop, words, on: processor, work)
        case .floor: return try await server.hosting(.floorLoop, words, on: processor, work)
        case .gate:
            let file = try write(settings.text, to: "knockgate.conf")
            // Each gate is a new one: nothing of the last one's leases is left.
            try? FileManager.default.removeItem(atPath: path("state"))
            let options = ["--config", file, "--socket", path("control.sock"), "--state", path("state")]
            return try await server.hosting(.knockgated, options, on: processor, work)
        }
    }

    /// What the gate that runs just now says of itself.
    func status() async throws -> GateStatus {
        let text = try await server.run(.knockgate, ["status", "--json", "--socket", path("control.sock")])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(GateStatus.self, from: Data(text.utf8))
    }
}

/// The part of `knockgate status --json` that the benchmark reads.
struct GateStatus: Decodable {
    struct Door: Decodable {
        let opened, leasesTotal, visitsTotal: Int
    }

    let doors: [Door]

    var opened: Int { doors.map(\.opened).reduce(0, +) }
    var leases: Int { doors.map(\.leasesTotal).reduce(0, +) }
    var visits: Int { doors.map(\.visitsTotal).reduce(0, +) }
}
