import KnockConfig
import KnockCore
import Testing

@Suite struct DoorDraftTests {
    @Test func `a door without ports or without a sequence is refused where it begins`() {
        #expect(
            told(of: "\n  [door ssh]\nopen_for = 5s") == [
                "k.conf:2:3: door ssh protects nothing: expected protects = 22/tcp",
                "k.conf:2:3: door ssh has no sequence: expected sequence = PORT PORT PORT",
            ])
    }

    @Test func `ports that can't be read don't count as missing`() {
        #expect(
            told(of: "[door ssh]\nprotects = ssh\nsequence = ,") == [
                "k.conf:2:12: a port is 1 to 65535, not \"ssh\"", "k.conf:3:12: sequence names no knocks",
            ])
    }

    @Test(arguments: [
        ("22/tcp", Port.tcp(22)), ("22", .tcp(22)), ("22:tcp", .tcp(22)), ("22/UDP", .udp(22)), ("22:Udp", .udp(22)),
        ("1", .tcp(1)), ("65535/udp", .udp(65535)),
    ])
    func `a port is written our way or knockd's`(text: String, port: Port) throws {
        let read = try configuration("[door a]\nprotects = \(text)\nsequence = 1111 3333/udp 2222\n")
        #expect(read.rules.doors.first?.protects == [port])
    }

    @Test(arguments: [
        "0", "65536", "70000", "-1", "+22", "ssh", "1000-2000", "99999999999999999999", "0x16", "2²", "22.",
    ])
    func `a port is 1 to 65535`(text: String) {
        for written in [text, text + "/udp", text + ":tcp"] {
            #expect(
                told(of: "[door a]\nprotects = 22 \(written)\nsequence = 1111 3333/udp 2222\n") == [
                    "k.conf:2:15: a port is 1 to 65535, not \"\(text)\""
                ])
        }
    }

    @Test(arguments: [("22/sctp", 15, "sctp"), ("2222:", 17, ""), ("22/tcp/udp", 15, "tcp/udp"), ("22/6", 15, "6")])
    func `a port's protocol is tcp or udp`(text: String, column: Int, quoted: String) {
        #expect(
            told(of: "[door a]\nprotects = \(text)\nsequence = 1111 3333/udp 2222\n") == [
                "k.conf:2:\(column): a port's protocol is tcp or udp, not \"\(quoted)\""
            ])
    }

    @Test func `a door protects at most 64 ports, each once`() throws {
        let ports = (1...64).map { "\($0)" }.joined(separator: " ")
        let sequence = "sequence = 1111 3333/udp 2222\n"
        let read = try configuration("[door a]\n\(sequence)protects = \(ports)\n")
        #expect(read.rules.doors.first?.protects.count == 64)
        #expect(
            told(of: "[door a]\n\(sequence)protects = \(ports) 65\n") == [
                "k.conf:3:\(13 + ports.count): protects names at most 64 ports"
            ])
        let twice = "[door a]\n\(sequence)protects = 22 22/udp 22/tcp\n"
        #expect(told(of: twice) == ["k.conf:3:22: warning: this stands here twice"])
        #expect(try configuration(twice).rules.doors.first?.protects == [.tcp(22), .udp(22)])
    }

    @Test(arguments: ["sequence", "close_sequence"])
    func `a sequence has at most 16 knocks`(key: String) throws {
        let knocks = (0..<16).map { "\(5000 - 7 * $0)" }.joined(separator: ",")
        let other = key == "sequence" ? "" : "sequence = 1111 3333/udp 2222\n"
        #expect(told(of: "[door a]\nprotects = 22\n\(other)\(key) = \(knocks)\n") == [])
        #expect(
            told(of: "[door a]\n\(key) = \(knocks) 4000\nprotects = 22\n\(other)") == [
                "k.conf:2:\(5 + key.count + knocks.count): \(key) names at most 16 knocks"
            ])
    }

    @Test func `a close sequence that can't be read leaves no door without it`() {
        #expect(
            told(ofDoorSaying: "close_sequence = 4444/udp 0 2222/udp") == [
                "k.conf:2:27: a port is 1 to 65535, not \"0\""
            ])
    }

    @Test(arguments: [("1", 1), ("256", 256), ("unlimited", nil), ("Unlimited", nil)] as [(String, Int?)])
    func `connections are counted, or unlimited`(text: String, connections: Int?) throws {
        #expect(try door(saying: "connections = \(text)").connections == connections)
    }

    @Test(arguments: ["0", "257", "-1", "many", "1 1"])
    func `any other number of connections is refused`(text: String) {
        #expect(
            told(ofDoorSaying: "connections = \(text)") == [
                "k.conf:2:15: connections is 1 to 256, or unlimited, not \"\(text)\""
            ])
    }

    @Test func `targets are addresses of either family`() throws {
        let targets = try door(saying: "target = 203.0.113.5, 2001:DB8::5").targets
        #expect(targets.map(\.description) == ["203.0.113.5", "2001:db8::5"])
        #expect(
            told(ofDoorSaying: "target = 203.0.113.5 203.0.113.0/24 eth0") == [
                "k.conf:2:22: an address is written 203.0.113.5 or 2001:db8::5, not \"203.0.113.0/24\"",
                "k.conf:2:37: an address is written 203.0.113.5 or 2001:db8::5, not \"eth0\"",
            ])
        let many = (1...65).map { "10.0.0.\($0)" }.joined(separator: " ")
        #expect(
            told(ofDoorSaying: "target = \(many)") == [
                "k.conf:2:\(10 + many.count - 9): target names at most 64 addresses"
            ])
        #expect(told(ofDoorSaying: "target = ::1 0::1") == ["k.conf:2:14: warning: this stands here twice"])
    }
}
