import KnockConfig
import KnockCore
import Testing

@testable import knockgate

@Suite struct DoorExportTests {
    private let needs = "protects = 53/udp 22/tcp 80\nsequence = 2222/udp 3333 4444/udp\n"

    @Test func `a client knows the address, the sequences, and the first TCP port to try`() throws {
        let export = try export("close_sequence = 1/udp 2")
        #expect(
            export.host.section == """
                [host gate]
                address = gate.example.org
                sequence = 2222/udp 3333/tcp 4444/udp
                close_sequence = 1/udp 2/tcp
                verify = 22/tcp

                """)
        #expect(export.warnings == [])
    }

    @Test(arguments: [
        "", "close_sequence = 1/udp 2", "target = 203.0.113.5", "target = 2001:db8::5", "connections = 1",
        "target = 203.0.113.5 2001:db8::5", "tcpflags = fin",
    ])
    func `what is exported is read back as the same host`(line: String) throws {
        let host = try export(line).host
        let known = KnownHosts.read(ConfigurationText(file: "hosts.conf", text: host.section))
        #expect(known.hosts == [host] && known.diagnostics == [])
    }

    @Test(
        arguments: [
            ("target = 203.0.113.5", .ipv4), ("target = 2001:db8::5, 2001:db8::6", .ipv6),
            ("target = 203.0.113.5 2001:db8::5", nil), ("", nil),
        ] as [(String, Address.Family?)])
    func `a name is looked up in the family in which the door listens`(line: String, family: Address.Family?) throws {
        #expect(try export(line).host.family == family)
    }

    @Test func `an address in numbers says its family itself`() throws {
        #expect(try export("target = 203.0.113.5", address: "203.0.113.5").host.family == nil)
    }

    @Test(arguments: ["203.0.113.6", "gate.example.org", "2001:db8::5"])
    func `a door that listens elsewhere is warned of`(address: String) throws {
        #expect(
            try export("target = 203.0.113.5 203.0.113.4", address: address).warnings == [
                "door ssh hears only knocks to 203.0.113.5, 203.0.113.4 (target): \(address) has to lead there"
            ])
    }

    @Test func `a door that listens there is not`() throws {
        #expect(try export("target = 2001:db8:0::5 203.0.113.5", address: "2001:DB8::5").warnings == [])
    }

    @Test(arguments: ["fin", "syn ack", "syn psh", "!syn"])
    func `flags that no client of ours sends are warned of`(flags: String) throws {
        #expect(
            try export("tcpflags = \(flags)").warnings == [
                "door ssh hears TCP packets with other flags than SYN alone (tcpflags): knockgate sends none, and another "
                    + "client has to knock"
            ])
    }

    @Test(arguments: ["syn", "syn !psh", "!fin"])
    func `flags that a SYN has are not`(flags: String) throws {
        #expect(try export("tcpflags = \(flags)").warnings == [])
    }

    @Test func `flags mean nothing to a door that hears UDP only`() throws {
        let text = "[door ssh]\nprotects = 22\nsequence = 9/udp 7/udp 5/udp\ntcpflags = fin\n"
        let door = try #require(configuration(text).rules.doors.first)
        #expect(DoorExport(door, address: "a", name: "a").warnings == [])
    }

    @Test func `a door without a TCP port can't be verified`() throws {
        let door = try #require(configuration("[door dns]\nprotects = 53/udp\nsequence = 9 5 7\n").rules.doors.first)
        let export = DoorExport(door, address: "a", name: "a")
        #expect(export.host.verify == nil)
        #expect(export.warnings == ["door dns protects no TCP port: a client can't verify that it has opened"])
    }

    /// A door that says `line` besides what it needs.
    private func export(_ line: String, address: String = "gate.example.org") throws -> DoorExport {
        let door = try #require(configuration("[door ssh]\n\(needs)\(line)\n").rules.doors.first)
        return DoorExport(door, address: address, name: "gate")
    }

    private func configuration(_ text: String) throws -> Configuration {
        try #require(Configuration.read([ConfigurationText(file: "k.conf", text: text)]).configuration)
    }
}
