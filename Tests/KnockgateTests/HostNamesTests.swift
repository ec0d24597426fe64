import Testing

@testable import knockgate

/// The hosts that a shell offers where one can be typed.
@Suite struct HostNamesTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `the file's hosts are offered, in its order`() throws {
        let file = try scratch.file(
            "hosts.conf", "[host zoo]\nsequence = 1 2 3\naddress = pen.example.org\n[host bar]\nsequence = 1 2 3\n")
        #expect(HostNames.known(at: file) == ["zoo", "bar"])
    }

    @Test func `without a file that can be used there are none`() throws {
        #expect(HostNames.known(at: nil) == [])
        #expect(HostNames.known(at: scratch.path + "/none") == [])
        #expect(HostNames.known(at: try scratch.file("bad.conf", "[host zoo]\n")) == [])
    }
}
