import Testing

@testable import knockgate

@Suite struct PictureTests {
    let picture = Picture(lines: [
        InkLine(prose: "one two three", .warning), InkLine(""), InkLine("four five", .open), InkLine("six"),
    ])

    private func terminal(_ columns: Int, _ rows: Int, _ environment: [String: String] = ["TERM": "xterm"]) -> Terminal
    {
        Terminal(size: Terminal.Size(columns: columns, rows: rows), environment: environment)
    }

    @Test func `in a file nothing is cut and nothing has a colour`() {
        #expect(picture.text(on: Terminal(size: nil, environment: [:])) == "one two three\n\nfour five\nsix\n")
    }

    @Test func `a narrow terminal gets its sentences wrapped and its rows cut`() {
        #expect(picture.text(on: terminal(8, 24, ["NO_COLOR": "1"])) == "one two\nthree\n\nfour fi…\nsix\n")
        #expect(picture.text(on: terminal(9, 24, ["NO_COLOR": "1"])) == "one two\nthree\n\nfour five\nsix\n")
        #expect(picture.text(on: terminal(13, 24, ["NO_COLOR": "1"])) == "one two three\n\nfour five\nsix\n")
        #expect(picture.text(on: terminal(1, 24, ["NO_COLOR": "1"])) == "one\ntwo\nthree\n\n…\n…\n")
    }

    @Test func `each row has its colour, which ends with it`() {
        #expect(
            picture.text(on: terminal(8, 24))
                == "\u{1B}[1;31mone two\u{1B}[0m\n\u{1B}[1;31mthree\u{1B}[0m\n\n\u{1B}[32mfour fi…\u{1B}[0m\nsix\n")
    }

    @Test func `a frame begins at the upper left corner, clears each row, and all below`() {
        #expect(
            picture.frame(on: terminal(80, 24, [:]))
                == """
                \u{1B}[H\u{1B}[K\u{1B}[1;31mone two three\u{1B}[0m
                \u{1B}[K
                \u{1B}[K\u{1B}[32mfour five\u{1B}[0m
                \u{1B}[Ksix
                \u{1B}[J
                """)
    }

    @Test func `a frame never scrolls: what is too much is counted in the last row`() {
        let exact = picture.frame(on: terminal(80, 4, ["TERM": "dumb"]))
        #expect(exact == "\u{1B}[H\u{1B}[Kone two three\n\u{1B}[K\n\u{1B}[Kfour five\n\u{1B}[Ksix")
        let less = picture.frame(on: terminal(80, 3, ["TERM": "dumb"]))
        #expect(less == "\u{1B}[H\u{1B}[Kone two three\n\u{1B}[K\n\u{1B}[Kand 2 more lines")
    }

    @Test(arguments: [
        ([:], true), (["TERM": "xterm-256color"], true), (["TERM": "dumb"], false), (["NO_COLOR": "1"], false),
        (["NO_COLOR": ""], true), (["NO_COLOR": "0", "TERM": "xterm"], false),
    ])
    func `a terminal has colours unless it is dumb or nobody wants them`(environment: [String: String], coloured: Bool)
    {
        #expect(terminal(80, 24, environment).coloured == coloured)
        #expect(!Terminal(size: nil, environment: environment).coloured)
    }
}
