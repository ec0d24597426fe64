import KnockConfig
import KnockCore
import Testing

@Suite struct KnownHostTextTests {
    @Test(
        arguments: [
            .zero, .milliseconds(1), .milliseconds(50), .seconds(3600), .nanoseconds(1_500_000),
            .nanoseconds(3_599_999_999_999), .nanoseconds(1_000_001),
        ] as [Duration], [nil, .ipv4, .ipv6] as [Address.Family?])
    func `a host's section is read back as the same host`(delay: Duration, family: Address.Family?) throws {
        var host = KnownHost(name: "bastion", sequence: try sequence([.udp(2222), .tcp(3333)]))
        host.address = "gate.example.org"
        host.closeSequence = try sequence((1...16).map { .tcp($0) })
        (host.delay, host.family, host.verify) = (delay, family, .tcp(22))
        let known = KnownHosts.read(ConfigurationText(file: "h.conf", text: host.section))
        #expect(known.hosts == [host])
        #expect(known.diagnostics == [])
    }

    @Test func `what a host doesn't have isn't written`() throws {
        let host = KnownHost(name: "a", sequence: try sequence([.udp(2222), .tcp(3333)]))
        #expect(host.section == "[host a]\naddress = a\nsequence = 2222/udp 3333/tcp\n")
    }

    private func sequence(_ knocks: [Port]) throws -> KnockSequence { try #require(KnockSequence(knocks)) }
}
