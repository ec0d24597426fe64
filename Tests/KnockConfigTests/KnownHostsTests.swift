import KnockConfig
import KnockCore
import Testing

@Suite struct KnownHostsTests {
    private let example = """
        # The hosts I knock at.
        [host bastion]
        address        = gate.example.org
        sequence       = 2222/udp 3333 4444:udp
        close_sequence = 4444/udp 3333/tcp
        delay          = 50ms
        family         = 6
        verify         = 22/tcp

        [host 2001:db8::5]
        sequence = 7000 8000 9000
        """

    @Test func `a host has what its section says`() throws {
        let known = read(example)
        #expect(known.diagnostics == [])
        #expect(known.hosts.map(\.name) == ["bastion", "2001:db8::5"])
        let host = try #require(known["bastion"])
        #expect(host.address == "gate.example.org")
        #expect(host.sequence.knocks == [.udp(2222), .tcp(3333), .udp(4444)])
        #expect(host.closeSequence?.knocks == [.udp(4444), .tcp(3333)])
        #expect(host.delay == .milliseconds(50))
        #expect(host.family == .ipv6)
        #expect(host.verify == .tcp(22))
    }

    @Test func `a host needs nothing but a sequence`() throws {
        let sequence = try #require(KnockSequence([.tcp(7000), .tcp(8000), .tcp(9000)]))
        let host = try #require(read(example)["2001:db8::5"])
        #expect(host == KnownHost(name: "2001:db8::5", sequence: sequence))
        #expect(host.address == "2001:db8::5")
        #expect((host.closeSequence, host.family, host.verify) == (nil, nil, nil))
        #expect(host.delay == .zero)
    }

    @Test func `an empty file knows no host`() {
        #expect(read("") == read("# none yet\n"))
        #expect(read("").hosts == [] && read("").diagnostics == [] && !read("").isAbsent)
    }

    @Test func `a host is found however its name is typed, as with ssh`() {
        let known = read("[host Bastion]\nsequence = 1 2 3\n")
        #expect(known["bastion"]?.name == "Bastion")
        #expect(known["BASTION"] == known["Bastion"])
        #expect(known["bastio"] == nil)
    }

    @Test(arguments: [("4", .ipv4), ("6", .ipv6), ("any", nil), ("ANY", nil)] as [(String, Address.Family?)])
    func `a family is 4, 6 or any`(text: String, family: Address.Family?) throws {
        #expect(try host(saying: "family = \(text)").family == family)
    }

    @Test(arguments: [("0", 0), ("0ms", 0), ("1ms", 1), ("0.25", 250), ("1h", 3_600_000)])
    func `a delay is nothing, or a duration up to an hour`(text: String, milliseconds: Int) throws {
        #expect(try host(saying: "delay = \(text)").delay == .milliseconds(milliseconds))
    }

    @Test func `as many as 16 knocks can be known`() throws {
        let ports = (1...16).map { String($0 * 1000) }.joined(separator: " ")
        #expect(read("[host a]\nsequence = \(ports)").hosts.first?.sequence.count == 16)
        #expect(told("[host a]\nsequence = \(ports) 17000") == ["h.conf:2:99: sequence names at most 16 knocks"])
    }

    @Test(arguments: [
        ("address = -o", 11, "an address is a host's name, or written 203.0.113.5 or 2001:db8::5, not \"-o\""),
        ("address = a b", 11, "an address is a host's name, or written 203.0.113.5 or 2001:db8::5, not \"a b\""),
        ("close_sequence = 1 0", 20, "a port is 1 to 65535, not \"0\""),
        ("close_sequence = 1/icmp", 20, "a port's protocol is tcp or udp, not \"icmp\""),
        ("delay = soon", 9, "delay is written 15s, 2m, 1h30m or 500ms, not \"soon\""),
        ("delay = 61m", 9, "delay is 1ms to 1h, not \"61m\""),
        ("family = ipv4", 10, "family is 4, 6 or any, not \"ipv4\""),
        ("verify = 53/udp", 10, "verify is a TCP port, which answers when it's open, not \"53/udp\""),
        ("verify = 22 80", 10, "a port is 1 to 65535, not \"22 80\""),
        ("hostname = b", 1, "unknown key \"hostname\": did you mean \"address\"?"),
        ("adress = b", 1, "unknown key \"adress\": did you mean \"address\"?"),
        (
            "open_for = 5s", 1,
            "unknown key \"open_for\": [host NAME] has address, sequence, close_sequence, delay, family, verify"
        ),
        ("delay", 1, "expected key = value, or a [section]"), ("delay =", 8, "\"delay\" has no value"),
    ])
    func `what can't be read is told with its place, and no host is known`(line: String, column: Int, message: String) {
        let known = read("[host a]\nsequence = 1 2 3\n\(line)\n[host b]\nsequence = 1 2 3\n")
        #expect(known.diagnostics.map(\.description) == ["h.conf:3:\(column): \(message)"])
        #expect(known.hosts == [] && known.holdsError)
    }

    @Test func `an address in numbers has its family`() {
        #expect(
            told("[host a]\nfamily = 6\naddress = 203.0.113.5\nsequence = 1 2 3") == [
                "h.conf:2:10: family is 6, but 203.0.113.5 is an IPv4 address"
            ])
        #expect(
            told("[host fe80::1]\nsequence = 1 2 3\naddress = fe80::1%eth0\nfamily = 4") == [
                "h.conf:4:10: family is 4, but fe80::1 is an IPv6 address"
            ])
        #expect(told("[host 2001:db8::5]\nfamily = 6\nsequence = 1 2 3") == [])
    }

    @Test func `a host without a sequence is refused, but not twice`() {
        #expect(told("[host a]\n") == ["h.conf:1:1: host a has no sequence: expected sequence = PORT PORT PORT"])
        #expect(
            told("[host a]\nsequense = 1 2 3") == [
                "h.conf:2:1: unknown key \"sequense\": did you mean \"sequence\"?"
            ])
    }

    @Test func `a host can't stand twice`() {
        #expect(
            told("[host a]\nsequence = 1 2 3\n[host A]\nsequence = 1 2 3\n") == [
                "h.conf:3:1: host A stands twice: the first is at h.conf:1:1"
            ])
    }

    @Test(arguments: ["", "-a", "a b", "a/b", "*.example.org", "é", "user@a", String(repeating: "a", count: 254)])
    func `a host's name is what ssh and DNS can name`(name: String) {
        #expect(!KnownHost.canBeNamed(name))
        let told = told("[host \(name)]\nsequence = 1 2 3\n")
        #expect(told.count == 1)
        #expect(told.first?.contains("a host's name is made of letters, digits") == true)
    }

    @Test(arguments: ["a", "Gate-1.example.org", "my_host", "203.0.113.5", "2001:db8::5"])
    func `a host has such a name`(name: String) {
        #expect(read("[host \(name)]\nsequence = 1 2 3\n").hosts.map(\.name) == [name])
    }

    @Test(arguments: [
        ("[door ssh]\n", "1:2: unknown section \"door\": there is [host NAME]"),
        ("[hots a]\nsequence = 1 2 3\n", "1:2: unknown section \"hots\": did you mean \"host\"?"),
        ("delay = 1\n", "1:1: \"delay\" stands before any section: begin with [host NAME]"),
        ("host a\n", "1:1: a section begins with \"[\""),
    ])
    func `other sections are refused`(text: String, message: String) {
        #expect(told(text).first == "h.conf:\(message)")
        #expect(read(text).hosts == [])
    }

    private func read(_ text: String) -> KnownHosts {
        KnownHosts.read(ConfigurationText(file: "h.conf", text: text))
    }

    private func told(_ text: String) -> [String] {
        read(text).diagnostics.map(\.description)
    }

    /// A host that says `line` besides what it needs.
    private func host(saying line: String) throws -> KnownHost {
        try #require(read("[host a]\nsequence = 1 2 3\n\(line)\n")["a"])
    }
}
