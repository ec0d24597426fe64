import KnockConfig
import KnockCore
import Testing

@Suite struct DoorChecksTests {
    private let a = "[door a]\nprotects = 22/tcp\nsequence = 3000 2000 1000\n"

    @Test func `a second door of a name is refused, wherever it stands, and nothing else is told of it`() {
        let dropIn = ConfigurationText(
            file: "d.conf", text: "\n[door a]\nopen_for = x\n[door A]\nprotects = 23\nsequence = 7 5 3\n")
        #expect(
            told(of: [ConfigurationText(file: "k.conf", text: a), dropIn]) == [
                "d.conf:2:1: door a stands twice: the first is at k.conf:1:1",
                "d.conf:3:12: open_for is written 15s, 2m, 1h30m or 500ms, not \"x\"",
            ])
    }

    @Test func `a copied door isn't told to have the same sequence as itself`() {
        #expect(told(of: a + a) == ["k.conf:4:1: door a stands twice: the first is at k.conf:1:1"])
    }

    @Test func `no knock falls on a port that any door protects`() {
        let text = """
            [door a]
            protects = 22/tcp 23/udp
            sequence = 1000 22 9/tcp
            close_sequence = 22/udp 23/udp 5000
            [door b]
            protects = 24, 22
            sequence = 24/tcp 2000/udp 22 22
            """
        #expect(
            told(of: text) == [
                "k.conf:3:17: door a protects this port (k.conf:2:12): a knock on it is never heard",
                "k.conf:4:25: door a protects this port (k.conf:2:19): a knock on it is never heard",
                "k.conf:7:12: door b protects this port (k.conf:6:12): a knock on it is never heard",
                "k.conf:7:28: door a protects this port (k.conf:2:12): a knock on it is never heard",
                "k.conf:7:31: warning: the same knock twice in a row: a packet sent again counts for both",
                "k.conf:7:31: door a protects this port (k.conf:2:12): a knock on it is never heard",
            ])
    }

    @Test(arguments: [("30 20 10", "30 20 10"), ("40 30 20 10", "20 10"), ("30 20 10", "10")])
    func `a sequence that ends with its door's close sequence is warned of`(opening: String, closing: String) {
        #expect(
            told(of: "[door a]\nsequence = \(opening)\nclose_sequence = \(closing)\nprotects = 22\n") == [
                "k.conf:3:18: warning: door a never opens: its sequence ends with these knocks, too, and they close it "
                    + "again (k.conf:2:12)"
            ])
    }

    @Test func `a close sequence may end with its door's sequence, for closing has the last word`() throws {
        let door = "[door a]\nsequence = 30 20 10\nclose_sequence = 40 30 20 10\nprotects = 22\n"
        #expect(
            told(of: door) == [
                "k.conf:3:18: warning: whoever knocks this also opens door a, whose whole sequence it holds (k.conf:2:12)"
            ])
        #expect(try configuration(door).rules.doors.count == 1)
    }

    @Test func `of two doors that close alike, the one whose sequence ends so is warned of`() {
        let doors = """
            [door a]
            sequence = 9 7 5
            close_sequence = 20 10
            protects = 22
            [door b]
            sequence = 30 20 10
            close_sequence = 20 10
            protects = 22
            """
        #expect(
            told(of: doors) == [
                "k.conf:6:12: warning: whoever knocks this also closes door a, whose whole close_sequence it holds "
                    + "(k.conf:3:18)",
                "k.conf:7:18: warning: door b never opens: its sequence ends with these knocks, too, and they close it "
                    + "again (k.conf:6:12)",
            ])
    }

    @Test func `two doors may protect one port`() throws {
        #expect(told(of: a + "[door b]\nprotects = 22\nsequence = 5000 4000 6000\n") == [])
    }

    @Test func `there can be 4096 doors, and nothing is read behind them`() throws {
        let doors = (0..<4096).map {
            "[door \($0)]\nprotects = 22\nsequence = 60000 \(10000 + 2 * $0) 1000/udp\n"
        }.joined()
        #expect(try configuration(doors).rules.doors.count == 4096)
        let bad = "[door b]\nprotects = 0\nsequence = 8 6 4\n"
        #expect(
            told(of: bad + doors + bad) == [
                "k.conf:2:12: a port is 1 to 65535, not \"0\"",
                "k.conf:12289:1: there can be 4096 doors at most; what follows is unread",
            ])
        let files = [doors + a, bad].map { ConfigurationText(file: "k.conf", text: $0) }
        #expect(told(of: files) == ["k.conf:12289:1: there can be 4096 doors at most; what follows is unread"])
    }

    @Test func `doors can name 65535 different ports, and a gate can be made of them`() throws {
        // 1,023 doors of 64 ports; their sequences begin at one more; ignore has 62 of the last 63.
        let doors = (0..<1023).map { door in
            let ports = (0..<64).map { place(64 * door + $0) }.joined(separator: " ")
            return "[door \(door)]\nprotects = \(ports)\nsequence = \(place(65534)) \(65000 - door)/udp 9/udp\n"
        }.joined()
        let most = "[gate]\nignore = \((65472..<65534).map(place).joined(separator: " "))\n" + doors
        let read = try configuration(most)
        _ = Gate(read.rules, seed: HashSeed(1, 2))
        let more = most.replacing("ignore = ", with: "ignore = \(place(65535)) ")
        #expect(
            told(of: more) == [
                "k.conf:3069:1: the doors up to this one name more than 65535 different ports"
            ])
    }

    private func place(_ index: Int) -> String {
        index < 65_535 ? "\(index + 1)" : "\(index - 65_534)/udp"
    }
}
