import Testing

@Suite struct SequenceOverlapsTests {
    /// What is told of two doors; the sequences of `a` stand in lines 2 and 3, those of `b` in lines 6 and 7.
    private func tellings(a: String, closingA: String? = nil, b: String = "9 7 5", closingB: String? = nil) -> [String]
    {
        func door(_ name: String, _ sequence: String, _ closing: String?) -> String {
            "[door \(name)]\nsequence = \(sequence)\n\(closing.map { "close_sequence = \($0)" } ?? "")\nprotects = 22\n"
        }
        return told(of: door("a", a, closingA) + door("b", b, closingB)).filter { !$0.contains("fewer than 3") }
    }

    @Test func `two doors can't have the same sequence`() {
        #expect(tellings(a: "30 20 10", b: "30 20 10") == ["k.conf:6:12: door a has the same sequence (k.conf:2:12)"])
        #expect(tellings(a: "30 20 10", b: "30 20 10/udp") == [])
    }

    @Test func `a sequence can't begin with another door's whole sequence`() {
        let longer = tellings(a: "30 20 10", b: "30 20 10 40")
        #expect(longer == ["k.conf:6:12: this begins with the whole sequence of door a (k.conf:2:12)"])
        #expect(
            tellings(a: "30 20 10 40", b: "30") == [
                "k.conf:2:12: this begins with the whole sequence of door b (k.conf:6:12)"
            ])
        #expect(tellings(a: "30 20 10", b: "30 20 40 10") == [])
    }

    @Test func `a sequence that holds another door's further on is warned of`() {
        #expect(
            tellings(a: "30 20 10", b: "40 30 20 10 50") == [
                "k.conf:6:12: warning: whoever knocks this also opens door a, whose whole sequence it holds (k.conf:2:12)"
            ])
    }

    @Test func `a close sequence that begins with one that opens is warned of`() {
        let warning = "warning: whoever knocks this also opens door a, whose whole sequence it holds (k.conf:2:12)"
        #expect(tellings(a: "30 20 10", closingA: "30 20 10 40") == ["k.conf:3:18: \(warning)"])
        #expect(tellings(a: "30 20 10", closingB: "30 20 10 40") == ["k.conf:7:18: \(warning)"])
        #expect(tellings(a: "30 20 10", closingB: "30 20 10") == ["k.conf:7:18: \(warning)"])
    }

    @Test func `a close sequence that opens further on is warned of`() {
        #expect(
            tellings(a: "30 20 10", closingB: "40 30 20 10") == [
                "k.conf:7:18: warning: whoever knocks this also opens door a, whose whole sequence it holds (k.conf:2:12)"
            ])
    }

    @Test func `opening that closes on the way is warned of`() {
        let warning =
            "warning: whoever knocks this also closes door a, whose whole close_sequence it holds (k.conf:3:18)"
        #expect(tellings(a: "30 20 10", closingA: "30 20") == ["k.conf:2:12: \(warning)"])
        #expect(tellings(a: "30 20 10", closingA: "7 5") == ["k.conf:6:12: \(warning)"])
    }

    @Test func `doors may close by the same knocks`() {
        #expect(tellings(a: "30 20 10", closingA: "1 3", closingB: "1 3") == [])
        #expect(tellings(a: "30 20 10", closingA: "1 3", closingB: "1 3 1") == [])
        #expect(tellings(a: "30 20 10", closingA: "10 20 30", closingB: "5 7 9") == [])
    }

    @Test func `of several doors that close alike, one is named`() {
        #expect(
            tellings(a: "30 20 10", closingA: "7 5", b: "9 7 5 3", closingB: "7 5") == [
                "k.conf:6:12: warning: whoever knocks this also closes door a, whose whole close_sequence it holds "
                    + "(k.conf:3:18)"
            ])
    }

    @Test func `a sequence that can't be read is like no other`() {
        #expect(tellings(a: "30 20 10", b: "30 20 10 x") == ["k.conf:6:21: a port is 1 to 65535, not \"x\""])
    }
}
