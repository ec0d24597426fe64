import KnockConfig
import KnockCore
import Testing

@Suite struct FindingsTests {
    @Test func `4,096 errors are told, and how many more there are`() {
        let lines = told(of: String(repeating: "x\n", count: 4103))
        #expect(lines.count == 4097)
        #expect(lines[4095] == "k.conf:4096:1: expected key = value, or a [section]")
        #expect(lines[4096] == "k.conf: 7 more errors are left out")
        #expect(told(of: String(repeating: "x\n", count: 4096)).count == 4096)
    }

    @Test func `more warnings than that are left out, and no error for them`() throws {
        let port = "9/tcp "
        let knocks = String(repeating: port, count: 1024)
        let files = (0..<5).map { ConfigurationText(file: "\($0).conf", text: "[gate]\nignore = \(knocks)\n") }
        #expect(try #require(Configuration.read(files).configuration).rules.ignore.count == 1)
        #expect(told(of: files).last == "0.conf: warning: 1019 more warnings are left out")
        let lines = told(of: files + [ConfigurationText(file: "5.conf", text: "x\n")])
        #expect(
            lines.suffix(2) == [
                "5.conf:1:1: expected key = value, or a [section]", "0.conf: warning: 1019 more warnings are left out",
            ])
    }
}
