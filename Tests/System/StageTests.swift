import Foundation
import KnockCore
/// The stage itself, before anything plays on it.
import PacketForge
import Synchronization
import Testing

@Suite struct StageTests {
    @Test(.timeLimit(.minutes(1))) func `the firewall refuses and the stage goes without a trace`() async throws {
        let server = try await Stage.set(behind: .resetting, rule: QueueRule(states: "INVALID")) { stage in
            try await #expect(stage.client.tries(.tcp(22)).answer == .refused)
            try await #expect(stage.client.tries(.udp(22)).answer == .refused)
            try await #expect(stage.client.at("2001:db8::7").tries(.tcp(22)).answer == .refused)
            return stage.server
        }
        try await expectNothingLeft(of: server)
    }

    @Test(.timeLimit(.minutes(1))) func `a real ssh reaches a real sshd when the firewall lets it`() async throws {
        try await Stage.set(behind: .admittingSSH, rule: QueueRule(states: "INVALID")) { stage in
            try await stage.withSSHServer { sshd in
                let finished = try await sshd.ssh("echo in")
                #expect(finished.output == "in\n", "\(finished)")
                let banner = try await stage.client.tries(.tcp(22)).read()
                #expect(banner?.hasPrefix(SSHServer.banner) == true)
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a story that throws leaves no trace`() async throws {
        let server = Mutex<Machine?>(nil)
        await #expect(throws: StageError.self) {
            try await Stage.set(behind: .resetting, rule: QueueRule(states: "INVALID")) { stage in
                server.withLock { $0 = stage.server }
                try await stage.withSSHServer { _ in throw StageError("enough") }
            }
        }
        try await expectNothingLeft(of: #require(server.withLock(\.self)))
    }

    @Test(.timeLimit(.minutes(1))) func `a story that is cancelled leaves no trace`() async throws {
        let server = Mutex<Machine?>(nil)
        let story = Task {
            try await Stage.set(behind: .resetting, rule: QueueRule(states: "INVALID")) { stage in
                server.withLock { $0 = stage.server }
                try await stage.server.run(.sleep, ["30"], within: .seconds(20))
            }
        }
        try await eventually("the story plays") {
            guard let server = server.withLock(\.self) else { return false }
            return try await !Program.ip.run(["netns", "pids", server.namespace]).output.isEmpty
        }
        story.cancel()
        await #expect(throws: (any Error).self) { try await story.value }
        try await expectNothingLeft(of: #require(server.withLock(\.self)))
    }

    @Test(.timeLimit(.minutes(1))) func `a program that takes too long is ended`() async throws {
        let start = ContinuousClock.now
        await #expect(throws: StageError.self) { try await Program.sleep.run(["30"], within: .milliseconds(100)) }
        #expect(start.duration(to: .now) < .seconds(5))
    }

    @Test func `a missing program is told with the package that has it`() {
        let error = #expect(throws: StageError.self) {
            _ = try Program(name: "no-such-program", package: "some-package").path
        }
        #expect(error?.description == "no-such-program is missing: apt-get install some-package")
    }

    private func expectNothingLeft(of server: Machine) async throws {
        let listed = try await Program.ip.run(["netns", "list"]).output
        #expect(!listed.contains(server.namespace))
        let folder = server.namespace.replacing("-server", with: "")
        let files = try FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path)
        #expect(!files.contains(folder))
    }
}

extension Program {
    fileprivate static let sleep = Program(name: "sleep", package: "coreutils")
}
