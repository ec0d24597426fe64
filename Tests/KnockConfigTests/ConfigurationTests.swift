import KnockConfig
import KnockCore
import Testing

/// The manual's example.
let example = """
    [gate]
    queue        = 4747        # NFQUEUE number
    queue_length = 8192        # packets the kernel holds for us, at most 65536 (the kernel's own bound)
    mark         = 0x1000      # the bit that says "seen"; free beside kube-proxy, Cilium, Calico, Tailscale, wg-quick
    otherwise    = next        # next | drop | accept
    closed       = drop        # drop | next
    ignore       = 80/tcp 443/tcp
    allow_from   = 192.168.1.0/24 2001:db8::/32
    ipv6_source_prefix = 128
    visits       = 65536       # table capacities
    leases       = 16384

    [door ssh]
    protects     = 22/tcp
    sequence     = 2222/udp 3333/tcp 4444/udp
    close_sequence = 4444/udp 3333/tcp 2222/udp
    seq_timeout  = 15s
    open_for     = 10s
    connections  = 1
    tcpflags     = syn
    target       = 203.0.113.5 # only packets to this address count, as in knockd

    """

@Suite struct ConfigurationTests {
    @Test func `an empty file is a gate without doors, with the defaults`() throws {
        let empty = try configuration("")
        #expect(empty == Configuration())
        #expect(empty.queue == 4747)
        #expect(empty.queueLength == 8192)
        #expect(empty.mark == 0x1000)
        #expect(empty.rules == Rules())
        #expect(try configuration("\n# nothing yet\n; nor here\n[gate]\n") == empty)
    }

    @Test func `no file at all is a gate without doors too`() {
        #expect(Configuration.read([]) == Configuration.read([ConfigurationText(file: "k.conf", text: "")]))
    }

    @Test func `the manual's example says what it says`() throws {
        #expect(told(of: example) == [])
        let read = try configuration(example)
        #expect((read.queue, read.queueLength, read.mark) == (4747, 8192, 0x1000))
        #expect((read.rules.otherwise, read.rules.closed) == (.next, .drop))
        #expect(read.rules.ignore == [.tcp(80), .tcp(443)])
        #expect(read.rules.allowFrom.map(\.description) == ["192.168.1.0/24", "2001:db8::/32"])
        #expect(read.rules.ipv6SourcePrefix == 128)
        #expect((read.rules.visitCapacity, read.rules.leaseCapacity) == (65_536, 16_384))

        let door = try #require(read.rules.doors.first)
        #expect(read.rules.doors.count == 1)
        #expect(door.name == "ssh")
        #expect(door.protects == [.tcp(22)])
        #expect(door.sequence.knocks == [.udp(2222), .tcp(3333), .udp(4444)])
        #expect(door.closeSequence?.knocks == [.udp(4444), .tcp(3333), .udp(2222)])
        #expect((door.sequenceTimeout, door.openFor) == (.seconds(15), .seconds(10)))
        #expect(door.connections == 1)
        #expect(door.tcpFlags == .syn)
        #expect(door.targets == [Address(ipv4: 0xCB00_7105)])
    }

    @Test func `a door with only what it needs has the defaults`() throws {
        let door = try door(saying: "")
        #expect((door.sequenceTimeout, door.openFor) == (.seconds(15), .seconds(30)))
        #expect(door.connections == nil)
        #expect(door.closeSequence == nil)
        #expect(door.tcpFlags == .syn)
        #expect(door.targets == [])
    }

    @Test func `all errors of all files are told at once, in their order`() {
        let main = ConfigurationText(
            file: "k.conf",
            text: """
                [gate]
                queue = 70000
                mark = 3
                junk
                [door ssh]
                protects = 22/tcp 0
                sequence = 2222/udp 22/tcp 70000
                seq_timeout = soon
                """)
        let dropIn = ConfigurationText(
            file: "k.conf.d/a.conf", text: "[door web]\nprotect = 80\n[gate]\nclosed = yes\n")
        #expect(
            told(of: [main, dropIn]) == [
                "k.conf:2:9: queue is 0 to 65535, not \"70000\"",
                "k.conf:3:8: mark is a single bit such as 0x1000, not \"3\"",
                "k.conf:4:1: expected key = value, or a [section]",
                "k.conf:6:19: a port is 1 to 65535, not \"0\"",
                "k.conf:7:21: door ssh protects this port (k.conf:6:12): a knock on it is never heard",
                "k.conf:7:28: a port is 1 to 65535, not \"70000\"",
                "k.conf:8:15: seq_timeout is written 15s, 2m, 1h30m or 500ms, not \"soon\"",
                "k.conf.d/a.conf:1:1: door web has no sequence: expected sequence = PORT PORT PORT",
                "k.conf.d/a.conf:2:1: unknown key \"protect\": did you mean \"protects\"?",
                "k.conf.d/a.conf:4:10: closed is drop or next, not \"yes\"",
            ])
        #expect(Configuration.read([main, dropIn]).configuration == nil)
    }

    @Test(arguments: [("shoop", "Shop"), ("SHOP", "Shop"), ("ssg", "ssh"), ("bananas", nil)] as [(String, String?)])
    func `a door's name that is misspelt has a nearest one`(word: String, name: String?) throws {
        let doors = "[door ssh]\nprotects = 22\nsequence = 9 5 7\n[door Shop]\nprotects = 80\nsequence = 8 3 6\n"
        #expect(try configuration(doors).nearestDoorName(to: word) == name)
    }

    @Test func `warnings alone leave the configuration valid`() throws {
        let reading = Configuration.read([
            ConfigurationText(file: "k.conf", text: "[door a]\nprotects = 22\nsequence = 2222\n")
        ])
        #expect(reading.diagnostics.map(\.severity) == [.warning])
        #expect(reading.configuration != nil)
    }

    @Test func `a later file's gate keys hold, and the rest stays`() throws {
        let files = ["[gate]\nqueue = 1\nignore = 80\nclosed = next", "[gate]\nqueue = 2\nignore = 443/udp", ""]
        let texts = files.enumerated().map { ConfigurationText(file: "\($0).conf", text: $1) }
        let read = try #require(Configuration.read(texts).configuration)
        #expect(read.queue == 2)
        #expect(read.rules.ignore == [.udp(443)])
        #expect(read.rules.closed == .next)
        #expect(told(of: texts) == [])
    }

    @Test func `doors of all files stand in their order`() throws {
        let texts = ["c", "a", "b"].enumerated().map { index, name in
            ConfigurationText(
                file: "\(name).conf", text: "[door \(name)]\nprotects = 22\nsequence = 999\(index) 1000 2000/udp")
        }
        let read = try #require(Configuration.read(texts).configuration)
        #expect(read.rules.doors.map(\.name) == ["c", "a", "b"])
    }

    @Test func `a diagnostic has its parts`() throws {
        let text = ConfigurationText(file: "k.conf", text: "[gate]\n  queue = -1")
        let diagnostic = try #require(Configuration.read([text]).diagnostics.first)
        #expect(diagnostic.file == "k.conf")
        #expect(diagnostic.position?.line == 2)
        #expect(diagnostic.position?.column == 11)
        #expect(diagnostic.severity == .error)
        #expect(diagnostic.message == "queue is 0 to 65535, not \"-1\"")
    }
}
