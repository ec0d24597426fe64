import Foundation
import KnockCore
import Synchronization
import Testing

extension Stories {
    /// Ten seconds of it in every run; Packaging/soak plays it for as long as one wants.
    @Suite struct `A long life` {
        private static let length = Duration.seconds(
            60 * (Double(ProcessInfo.processInfo.environment["KNOCKGATE_SOAK_MINUTES"] ?? "") ?? 1.0 / 6))

        @Test(.timeLimit(.minutes(120)))
        func `under all kinds of traffic it grows by no page and no descriptor, and counts every packet`() async throws
        {
            let length = Self.length
            try await Stage.withDaemon(Load.configuration) { stage, daemon in
                let listener = try await stage.serves(22)
                let before = try Weight(of: daemon)
                let scales = Scales(daemon)
                let sent = try await Load.put(on: daemon, before: listener, noise: 2000, for: length) {
                    try scales.weigh()
                }
                let status = try await daemon.waits(until: "all packets are counted", within: .seconds(5)) {
                    $0.verdicts.total >= sent.packets
                }
                let after = try Weight(of: daemon)
                let diverted = try await stage.server.divertedPackets()
                let soak = Soak(
                    length: length, sent: sent, status: status, diverted: diverted, before: before,
                    weights: scales.weights,
                    after: after)
                soak.tell()

                #expect(diverted == sent.packets && status.verdicts.total == sent.packets && status.queue.lost == 0)
                #expect(status.malformed == sent.malformed)
                #expect(status.opened(at: "ssh") == sent.openings && status.opened(at: "guests") == sent.grants)
                #expect(after.descriptors == before.descriptors)
                if let warm = soak.pagesWarm, let last = soak.pagesAtEnd { #expect(last <= warm, "resident pages") }
            }
        }
    }
}

/// What a daemon weighs at a moment.
private struct Weight: Sendable {
    let pages: Int
    let descriptors: Int

    /// By /proc/PID/smaps_rollup, which counts each page (proc(5)); statm is only near it.
    init(of daemon: Daemon) throws {
        let text = try String(contentsOfFile: "/proc/\(daemon.process.pid)/smaps_rollup", encoding: .utf8)
        let kilobytes = try #require(text.firstMatch(of: #/Rss: +([0-9]+) kB/#).flatMap { Int($0.1) })
        pages = kilobytes * 1024 / Int(sysconf(Int32(_SC_PAGESIZE)))
        descriptors = try FileManager.default.contentsOfDirectory(atPath: daemon.descriptors).count
    }
}

/// What a daemon weighed each time that somebody looked.
private final class Scales: Sendable {
    private let daemon: Daemon
    private let weighed = Mutex<[Weight]>([])

    init(_ daemon: Daemon) { self.daemon = daemon }

    var weights: [Weight] { weighed.withLock { $0 } }

    func weigh() throws {
        let weight = try Weight(of: daemon)
        weighed.withLock { $0.append(weight) }
    }
}

/// A soak that is over, in figures.
private struct Soak {
    let length: Duration
    let sent: Load.Sent
    let status: Status
    let diverted: Int
    let before: Weight
    let weights: [Weight]
    let after: Weight

    /// The first minute is for warming up: the tables' pages are touched for the first time, until every source of the load
    /// has come by, and each kind of file was loaded some twenty times.
    private var warm: ArraySlice<Weight> { weights.dropFirst(60) }

    /// The most in the first half of what follows, and in the second; nil in a life too short for that.
    var pagesWarm: Int? { warm.prefix(warm.count / 2).map(\.pages).max() }
    var pagesAtEnd: Int? { warm.suffix(warm.count / 2).map(\.pages).max() }

    /// The most in each tenth of the whole time.
    private var tenths: [Int] {
        (0..<10).map { tenth in
            let part = weights[(tenth * weights.count / 10)..<((tenth + 1) * weights.count / 10)]
            return part.map(\.pages).max() ?? 0
        }
    }

    func tell() {
        let seconds = length / .seconds(1)
        let verdicts = status.verdicts
        print(
            """
            soak: \(seconds) s, \(Int(Double(sent.packets) / seconds)) packets/s, \(sent.requests) requests, \(sent.reloads) reloads
            soak: packets sent \(sent.packets), diverted \(diverted), counted \(verdicts.total) \
            (accept \(verdicts.accept), drop \(verdicts.drop), next \(verdicts.next)), lost \(status.queue.lost)
            soak: malformed sent \(sent.malformed), counted \(status.malformed)
            soak: openings sent \(sent.openings), counted \(status.opened(at: "ssh")); by hand \(sent.grants), \
            counted \(status.opened(at: "guests"))
            soak: resident pages, at the start \(before.pages), most when warm \(pagesWarm ?? 0), most at the end \(pagesAtEnd ?? 0), \
            at rest \(after.pages)
            soak: most resident pages in each tenth of the time: \(tenths.map(String.init).joined(separator: " "))
            soak: descriptors, at the start \(before.descriptors), most \(weights.map(\.descriptors).max() ?? 0), \
            at rest \(after.descriptors)
            """)
    }
}

extension Status {
    fileprivate func opened(at door: String) -> Int { doors.first { $0.name == door }?.opened ?? 0 }
}

extension Machine {
    /// How many packets the rules have handed to the queue, IPv4 and IPv6.
    fileprivate func divertedPackets() async throws -> Int {
        var sum = 0
        for tool in [Program.iptables, .ip6tables] {
            let listed = try await run(tool, ["-nvxL", "INPUT"])
            try listed.succeeded()
            let line = listed.output.split(separator: "\n").first { $0.contains("NFQUEUE") }
            sum += line?.split(separator: " ").first.flatMap { Int($0) } ?? 0
        }
        return sum
    }
}
