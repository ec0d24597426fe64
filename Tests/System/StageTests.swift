/// The stage itself, before anything plays on it.
import KnockCore
import Testing

@Suite struct StageTests {
    @Test(.timeLimit(.minutes(1))) func `the firewall refuses and the stage goes without a trace`() async throws {
        let server = try await Stage.set(behind: .resetting, rule: QueueRule(states: "INVALID")) { stage in
            try await #expect(stage.client.tries(.tcp(22)).answer == .refused)
            try await #expect(stage.client.tries(.udp(22)).answer == .refused)
            try await #expect(stage.client.at("2001:db8::7").tries(.tcp(22)).answer == .refused)
            return stage.server
        }
        let listed = try await Program.ip.run(["netns", "list"]).output
        #expect(!listed.contains(server.namespace))
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
}
