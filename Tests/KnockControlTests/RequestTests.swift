import KnockControl
import KnockCore
import PacketForge
import Testing

@Suite struct RequestTests {
    @Test(arguments: [
        (Request.status, "knockgate/1 status\n"),
        (.reload, "knockgate/1 reload\n"),
        (
            .open(door: "ssh", source: "198.51.100.7", duration: .seconds(300)),
            "knockgate/1 open ssh 198.51.100.7 300s\n"
        ),
        (
            .open(door: "ssh", source: "198.51.100.7", duration: .milliseconds(1_050)),
            "knockgate/1 open ssh 198.51.100.7 1.05s\n"
        ),
        (.open(door: "my-door", source: "2001:db8::7", duration: nil), "knockgate/1 open my-door 2001:db8::7\n"),
        (.close(door: "a.B_9", source: "203.0.113.5"), "knockgate/1 close a.B_9 203.0.113.5\n"),
    ])
    func `a request is one line, and reads back as itself`(request: Request, line: String) throws {
        #expect(String(decoding: request.line, as: UTF8.self) == line)
        #expect(try Request(line: Array(line.utf8)) == request)
        #expect(try Request(line: Array(line.utf8.dropLast())) == request)
    }

    @Test(arguments: [
        ("", RequestError.notARequest),
        ("\n", .notARequest),
        ("GET / HTTP/1.1", .notARequest),
        ("knockgate status", .notARequest),
        ("knockgate/2 status", .otherVersion("2")),
        ("knockgate/10 status", .otherVersion("10")),
        ("knockgate/1", .unknownRequest("")),
        ("knockgate/1 ", .unknownRequest("")),
        ("knockgate/1  status", .unknownRequest("")),
        ("knockgate/1 shutdown", .unknownRequest("shutdown")),
        ("knockgate/1 status now", .wrongWordCount("status")),
        ("knockgate/1 reload ", .wrongWordCount("reload")),
        ("knockgate/1 open ssh", .wrongWordCount("open")),
        ("knockgate/1 open ssh 198.51.100.7 5s 5s", .wrongWordCount("open")),
        ("knockgate/1 close ssh", .wrongWordCount("close")),
        ("knockgate/1 close  198.51.100.7", .badDoor("")),
        ("knockgate/1 close a%2 198.51.100.7", .badDoor("a%2")),
        ("knockgate/1 close %FF 198.51.100.7", .badDoor("%FF")),
        ("knockgate/1 close my%20door 198.51.100.7", .badDoor("my%20door")),
        ("knockgate/1 close x%0A<0>panic 198.51.100.7", .badDoor("x%0A<0>panic")),
        ("knockgate/1 close Tür 198.51.100.7", .badDoor("T??r")),
        (
            "knockgate/1 close abcdefghijklmnopqrstuvwxyz1234567 198.51.100.7",
            .badDoor("abcdefghijklmnopqrstuvwxyz1234567")
        ),
        ("knockgate/1 close ssh 198.51.100", .badAddress("198.51.100")),
        ("knockgate/1 close ssh\t198.51.100.7", .wrongWordCount("close")),
        ("knockgate/1 open ssh 198.51.100.7 300", .badDuration("300")),
        ("knockgate/1 open ssh 198.51.100.7 s", .badDuration("s")),
        ("knockgate/1 open ssh 198.51.100.7 0s", .badDuration("0s")),
        ("knockgate/1 open ssh 198.51.100.7 -5s", .badDuration("-5s")),
        ("knockgate/1 open ssh 198.51.100.7 5.s", .badDuration("5.s")),
        ("knockgate/1 open ssh 198.51.100.7 99999999999999999999s", .badDuration("99999999999999999999s")),
        ("knockgate/1 open ssh 198.51.100.7 9999999999s", .badDuration("9999999999s")),
        ("knockgate/1 op\u{1B}[2J", .unknownRequest("op?[2J")),
    ])
    func `what isn't a request is refused, with the reason`(line: String, error: RequestError) {
        #expect(throws: error) { try Request(line: Array(line.utf8)) }
    }

    @Test func `a request has at most 512 bytes`() {
        let longest = Array("knockgate/1 close ".utf8) + Array(repeating: UInt8(ascii: "x"), count: 482)
        #expect(longest.count + " 192.0.2.1\n".utf8.count == 511)
        let name = String(repeating: "x", count: 483)
        #expect(throws: RequestError.badDoor(name)) { try Request(line: longest + Array("x 192.0.2.1\n".utf8)) }
        #expect(throws: RequestError.tooLong) { try Request(line: longest + Array("xx 192.0.2.1\n".utf8)) }
    }

    @Test func `bytes that aren't text are shown as question marks`() {
        let error = #expect(throws: RequestError.self) { try Request(line: Array("knockgate/".utf8) + [0xFF, 0x00]) }
        #expect(error?.description == "other protocol version: \"??\", this daemon speaks version 1")
    }

    @Test func `no damage to one byte of a request makes the reader trap`() {
        let line = Request.open(door: "ssh", source: "198.51.100.7", duration: .seconds(300)).line
        var refused = 0
        for index in line.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = line
                damaged[index] = byte
                if (try? Request(line: damaged)) == nil { refused += 1 }
            }
        }
        #expect(refused > line.count * 128)
    }

    @Test(arguments: [
        (RequestError.tooLong, "a request has at most 512 bytes"),
        (.notARequest, "not a request: it begins with \"knockgate/1\""),
        (.unknownRequest("stop"), "unknown request: \"stop\" is not status, open, close or reload"),
        (.wrongWordCount("open"), "open wants a door, an address, and a duration if you like"),
        (.wrongWordCount("close"), "close wants a door and an address"),
        (.wrongWordCount("status"), "status stands alone"),
        (.badDoor("%"), "not a door's name: \"%\""),
        (.badAddress("ssh"), "not an address: \"ssh\""),
        (.badDuration("5"), "not a duration: \"5\", it is written in seconds, as in 300s"),
    ])
    func `each refusal says what was expected`(error: RequestError, text: String) {
        #expect(error.description == text)
    }
}
