import Foundation
import Host
import KnockCore
import Testing

@testable import KnockDaemon

/// R12: how leases come to be on file, and when the file isn't believed.
@Suite struct LeaseFileTests {
    private let now = Instant(nanoseconds: 1_000_000_000)
    private let source: Address = Address(ipv4: 0xC633_6407)

    /// A folder with the state in `state`, and a gate whose door `ssh` opens for a minute.
    private final class Bench {
        let folder: URL
        var gate: Gate

        init() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("leases-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("state"), withIntermediateDirectories: true)
            let sequence = try #require(KnockSequence([.tcp(7)]))
            var rules = Rules()
            rules.doors = [Door(name: "ssh", protects: [.tcp(22)], sequence: sequence)]
            gate = Gate(rules, seed: HashSeed(1, 2))
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

        func file() throws -> LeaseFile {
            try LeaseFile.open(in: path("state"), Doubt.open(besides: path("control.sock")))
        }

        func contents(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

        /// Gives the source a lease, and puts it on file.
        func open(to source: Address, at now: Instant, in file: inout LeaseFile) {
            var events: [Event] = []
            gate.open(0, for: source, at: now, events: &events)
            file.append(events, doors: gate.rules.doors)
        }

        func rename(_ old: String, _ new: String) throws {
            try FileManager.default.moveItem(atPath: path(old), toPath: path(new))
        }
    }

    @Test func `what is appended can be restored`() throws {
        let bench = try Bench()
        var file = try bench.file()
        file.unseal(bench.gate, at: now)
        bench.open(to: source, at: now, in: &file)
        let other = try Bench()
        let restored = try file.restore(into: &other.gate, at: now)
        #expect(restored == .taken(1) && other.gate.leaseCount == 1)
    }

    @Test func `a file that was moved away is written anew in its place, and is worth nothing where it is`() throws {
        let bench = try Bench()
        var file = try bench.file()
        file.unseal(bench.gate, at: now)
        bench.open(to: source, at: now, in: &file)
        file.tidy(bench.gate, at: now)
        try bench.rename("state", "elsewhere")
        try FileManager.default.createDirectory(atPath: bench.path("state"), withIntermediateDirectories: false)
        file.tidy(bench.gate, at: now)
        try #expect(bench.contents("state/leases").contains("open ssh 198.51.100.7 "))
        try #expect(bench.contents("elsewhere/leases").isEmpty)
    }

    @Test func `a file that stays where it is isn't written again`() throws {
        let bench = try Bench()
        var file = try bench.file()
        file.unseal(bench.gate, at: now)
        bench.open(to: source, at: now, in: &file)
        let before = try FileManager.default.attributesOfItem(atPath: bench.path("state/leases"))[.systemFileNumber]
        file.tidy(bench.gate, at: now)
        let after = try FileManager.default.attributesOfItem(atPath: bench.path("state/leases"))[.systemFileNumber]
        #expect(before as? Int == after as? Int)
    }

    @Test func `a file that could be neither written nor emptied isn't believed until it was written anew`() throws {
        let bench = try Bench()
        var file = try bench.file()
        bench.open(to: source, at: now, in: &file)
        file.seal(bench.gate, at: now)
        // A directory in its place, with something in it, can be neither replaced nor emptied; later the file is back.
        let sealed = try bench.contents("state/leases")
        try FileManager.default.removeItem(atPath: bench.path("state/leases"))
        try FileManager.default.createDirectory(
            atPath: bench.path("state/leases/full"), withIntermediateDirectories: true)
        file.rewrite(bench.gate, at: now)
        let isBehind = file.isBehind
        #expect(isBehind)
        try FileManager.default.removeItem(atPath: bench.path("state/leases"))
        try sealed.write(toFile: bench.path("state/leases"), atomically: true, encoding: .utf8)

        let (second, third) = (try Bench(), try Bench())
        var next = try bench.file()
        let doubted = try next.restore(into: &second.gate, at: now)
        #expect(doubted == .outdated(1) && second.gate.leaseCount == 0)
        bench.open(to: source, at: now, in: &next)
        next.rewrite(bench.gate, at: now)
        let believed = try next.restore(into: &third.gate, at: now)
        #expect(believed == .taken(1))
    }
}
