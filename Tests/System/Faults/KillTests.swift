import Foundation
import KnockCore
import PacketForge
import Testing

extension Stories.Faults {
    @Suite struct `Kill -9` {
        /// The guests' door, and one beside it whose one lease has to be there after each kill. Whoever knocks by TCP
        /// is told by a reset that the knock was judged.
        private static let configuration = """
            [gate]
            closed = next
            [door ssh]
            protects = 22/tcp
            sequence = 3111/tcp 1111/tcp 2111/tcp
            close_sequence = 6111/tcp 4111/tcp 5111/tcp
            open_for = 1s
            connections = 2
            [door console]
            protects = 2022/tcp
            sequence = 8111/udp 9111/tcp 7111/udp
            open_for = 10m
            """

        /// Lives last up to a quarter of a second; every fourth one ends about when it begins.
        private static func lifetime(_ random: inout SplitMix64) -> UInt32 {
            random.chance(25) ? .random(in: 0..<20_000, using: &random) : .random(in: 0..<250_000, using: &random)
        }

        @Test(.timeLimit(.minutes(2)))
        func `killed 200 times at random, it lets nobody in who has no right to, and no lease grows`() async throws {
            let given = ProcessInfo.processInfo.environment["KNOCKGATE_SEED"].flatMap { UInt64($0) }
            let seed = given ?? .random(in: 1...9999)
            try await Stage.set { stage in
                let hosts = try await [stage.serves(22), stage.serves(2022)].map { listener in
                    Task { while !Task.isCancelled { _ = try? await listener.accept() } }
                }
                defer { hosts.forEach { $0.cancel() } }
                let manager = try ServiceManager(at: stage.path("notify"))
                let ordeal = Ordeal(stage, under: manager)
                try await manager.withDaemon(Self.configuration, on: stage) { daemon in
                    try await daemon.knockgate("open", "console", "203.0.113.7").succeeded()
                }
                try await stage.flooded { _ in
                    let recovered = try await play(ordeal, under: manager, seed: seed)
                    try tell(ordeal, seed: seed, recovered)
                }
            }
        }

        /// Kills one daemon after the other, while guests come and go; the last daemon is there until they have gone.
        private func play(_ ordeal: Ordeal, under manager: ServiceManager, seed: UInt64) async throws -> Duration {
            let stage = ordeal.stage
            let guests = try await stage.crowd(of: 5).map { Guest($0, in: ordeal) }
            var lives = guests.enumerated().map { number, guest in
                Task {
                    let random = SplitMix64(seed: seed &* 100 &+ UInt64(number))
                    try await guest.visitor.machine.inside { try guest.live(random) }
                }
            }
            lives.append(Task { try await ordeal.visits(by: stage.client, .tcp(2022), finding: .accepted) })
            lives.append(Task { try await ordeal.visits(by: stage.stranger, .ssh, finding: .refused) })
            defer { ordeal.end() }
            try await kill(ordeal, guests, SplitMix64(seed: seed))
            return try await manager.withDaemon(Self.configuration, on: stage) { [lives] _ in
                let recovered = try await recovery(of: ordeal)
                ordeal.end()
                for life in lives { try await life.value }
                return recovered
            }
        }

        private func kill(_ ordeal: Ordeal, _ guests: [Guest], _ random: SplitMix64) async throws {
            try await ordeal.stage.server.inside {
                var random = random
                let console = try ordeal.restingDeadline()
                for number in 1...200 {
                    try ordeal.life(Self.lifetime(&random))
                    try ordeal.inspect(guests, console: console, number: number)
                }
            }
        }

        /// From the last kill until an honest client is in.
        private func recovery(of ordeal: Ordeal) async throws -> Duration {
            let client = ordeal.stage.client
            try await eventually("an honest client gets in") {
                try await client.knocks(Guest.knocks)
                return try await client.finds(.ssh) == .accepted
            }
            return .nanoseconds(Guest.now - (ordeal.tally.kills.last?.lowerBound ?? 0))
        }

        private func tell(_ ordeal: Ordeal, seed: UInt64, _ recovered: Duration) throws {
            let tally = ordeal.tally
            let log = try ordeal.log(since: 0)
            let alive = log.components(separatedBy: "knockgated is ready").count - 1
            #expect(tally.wrongs.isEmpty, "seed \(seed): \(tally.wrongs.joined(separator: "\n"))")
            #expect(
                tally.kills.count == 200 && (100..<200).contains(alive), "\(alive) were ready when they were killed")
            #expect(tally.accepts > 200, "the guests did get in")
            #expect(!log.contains("can't be read") && !log.contains("forgotten"))
            let longest = Int(tally.longestWait / .milliseconds(1))
            try Fault(
                injected: "kill -9 200 times (seed \(seed)), \(200 - alive) of them before the daemon was ready",
                lost:
                    "\(tally.lostLately) leases younger than a second; of \(tally.accepts) accepts none forbidden, longest "
                    + "wait for an answer \(longest) ms",
                recovered: recovered
            ).tell()
        }
    }
}
