import QRCode
import Testing

@testable import knockgate

@Suite struct QRPictureTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `two rows of modules make a row of text, within a quiet zone of four modules`() throws {
        let rows = QRPicture(try QRCode("knock")).text(coloured: false).split(separator: "\n")
        try #require(rows.count == 15)
        #expect(rows.allSatisfy { $0.count == 29 })
        let blank = String(repeating: " ", count: 29)
        #expect(rows.prefix(2) == [blank[...], blank[...]])
        // The last row of modules has no partner; below it is quiet.
        #expect(rows[13].allSatisfy { $0 == " " } && rows[14].allSatisfy { $0 == " " })
        #expect(rows[2].hasPrefix("    █▀▀▀▀▀█ ") && rows[2].hasSuffix(" █▀▀▀▀▀█    "))
        #expect(rows[12].hasPrefix("    ▀▀▀▀▀▀▀ "))
    }

    @Test func `in colours it's black on white, row by row`() throws {
        let picture = QRPicture(try QRCode("knock"))
        let rows = picture.text(coloured: true).split(separator: "\n")
        let plain = picture.text(coloured: false).split(separator: "\n")
        #expect(rows == plain.map { "\u{1B}[30;47m\($0)\u{1B}[0m" })
    }

    @Test func `it needs room for itself and the cursor`() throws {
        #expect(QRPicture(try QRCode("knock")).size == Terminal.Size(columns: 29, rows: 16))
    }

    @Test(.enabled(if: Camera.isThere, "zbar-tools isn't installed"), arguments: [1, 20, 106, 107, 300, 700])
    func `a camera reads it off a dark terminal`(length: Int) throws {
        let text = String(String(repeating: "[host a]\nsequence = 2222/udp\n", count: 30).prefix(length))
        #expect(try Camera.read(QRPicture(QRCode(text)).text(coloured: false), in: scratch) == text)
    }
}
