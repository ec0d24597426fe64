import QRCode
import Testing

@Suite struct QRCodeTests {
    @Test func `a code begins with its finders, and is light around them`() throws {
        let code = try QRCode("knock")
        #expect(code.width == 21)
        let finder = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]
        for (row, line) in finder.enumerated() {
            for (column, module) in line.enumerated() {
                #expect(code.isDark(row: row, column: column) == (module == "#"))
                #expect(code.isDark(row: row, column: 20 - column) == (module == "#"))
                #expect(code.isDark(row: 20 - row, column: column) == (module == "#"))
            }
        }
        for place in -2...23 {
            #expect(!code.isDark(row: place, column: -1) && !code.isDark(row: 21, column: place))
        }
    }

    @Test func `a longer text makes a larger code, up to the largest there is`() throws {
        let widths = try [1, 17, 18, 106, 154, 2953].map { try QRCode(String(repeating: "a", count: $0)).width }
        #expect(widths == [21, 21, 25, 37, 45, 177])
    }

    @Test(arguments: [0, 2954, 100_000])
    func `a text that fits into no code is refused`(bytes: Int) {
        #expect(throws: QRCodeError.unfit(bytes: bytes)) { try QRCode(String(repeating: "a", count: bytes)) }
        #expect(
            QRCodeError.unfit(bytes: bytes).description
                == "a QR code holds 1 to 2953 bytes, and this text has \(bytes)")
    }
}
