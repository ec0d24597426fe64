import Testing

@Suite struct SequenceWarningsTests {
    private func warnings(about sequence: String, gate: String = "") -> [String] {
        told(of: "[door a]\nsequence = \(sequence)\nprotects = 22\n\(gate)")
    }

    @Test(arguments: ["1000", "2000/udp 1000"])
    func `fewer than 3 knocks are warned of`(sequence: String) {
        #expect(warnings(about: sequence) == ["k.conf:2:12: warning: fewer than 3 knocks are easily guessed"])
    }

    @Test(arguments: ["1000 2000 3000", "1000/udp 1002/udp 65535/udp"])
    func `knocks in ascending order are warned of`(sequence: String) {
        #expect(
            warnings(about: sequence) == [
                "k.conf:2:12: warning: the knocks are in ascending order, in which ports are scanned"
            ])
    }

    @Test func `neighbouring ports are warned of, up or down, whatever their protocol`() {
        #expect(
            warnings(about: "5000 3000/udp 3001 3002") == [
                "k.conf:2:26: warning: this knock is next door to the one before"
            ])
        #expect(
            warnings(about: "5000 4999 1000") == ["k.conf:2:17: warning: this knock is next door to the one before"])
    }

    @Test func `the same knock twice in a row is warned of`() {
        #expect(
            warnings(about: "5000 3000 3000 3000") == [
                "k.conf:2:22: warning: the same knock twice in a row: a packet sent again counts for both"
            ])
    }

    @Test func `a knock on an ignored port is warned of`() {
        #expect(
            warnings(about: "5000 3000 4000", gate: "[gate]\nignore = 80 3000") == [
                "k.conf:2:17: warning: ignore names this port (k.conf:5:13): knocked at the wrong time, it ends no visit"
            ])
    }

    @Test(arguments: ["5000 3000 4000", "1000 2000/udp 3000", "3000 3000/udp 1000", "3000 1000 3000"])
    func `nothing is told of a good sequence`(sequence: String) {
        #expect(warnings(about: sequence) == [])
    }

    @Test func `closing need not be hard`() {
        #expect(told(ofDoorSaying: "close_sequence = 1000 1001 1001\n[gate]\nignore = 1000\n[door b]").count == 2)
    }

    @Test func `a sequence that can't be read isn't called short`() {
        #expect(warnings(about: "1000 x") == ["k.conf:2:17: a port is 1 to 65535, not \"x\""])
    }
}
