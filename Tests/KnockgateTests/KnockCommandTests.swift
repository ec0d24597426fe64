import ArgumentParser
import KnockCore
import Testing

@testable import knockgate

/// Ports of the loopback that nobody listens on do for a client: it has knocked, whatever becomes of it.
@Suite struct KnockCommandTests {
    @Test func `knocks are announced in the words of knockd's client`() throws {
        let program = try Program.run("knock", "-v", "127.0.0.1", "9:udp", "9", "9/tcp", "9:udp")
        #expect(
            program.knocks == [
                "hitting udp 127.0.0.1:9", "hitting tcp 127.0.0.1:9", "hitting tcp 127.0.0.1:9",
                "hitting udp 127.0.0.1:9",
            ])
        #expect((program.errors, program.code) == ("", 0))
    }

    @Test func `with -u a knock is UDP unless it says otherwise`() throws {
        let program = try Program.run("knock", "-6", "-u", "--verbose", "::1", "9", "9:tcp")
        #expect(program.knocks == ["hitting udp [::1]:9", "hitting tcp [::1]:9"])
        #expect(program.code == 0)
    }

    @Test func `without -v it says nothing`() throws {
        let program = try Program.run("knock", "127.0.0.1", "9:udp")
        #expect((program.output, program.errors, program.code) == ("", "", 0))
    }

    @Test func `-d is the pause between knocks, in milliseconds`() throws {
        let start = ContinuousClock.now
        #expect(try Program.run("knock", "-d", "150", "127.0.0.1", "9", "9", "9").code == 0)
        let time = ContinuousClock.now - start
        #expect(time >= .milliseconds(300) && time < .seconds(10))
    }

    @Test func `a host without an address of the family ends with 1`() throws {
        let program = try Program.run("knock", "-6", "127.0.0.1", "9")
        #expect((program.output, program.code) == ("", 1))
        #expect(program.errors.hasPrefix("knockgate: no address for 127.0.0.1: "))
    }

    @Test func `a knock that can't be sent ends with 1, and names itself`() throws {
        let program = try Program.run("knock", "255.255.255.255", "9:udp")
        #expect(program.code == 1)
        #expect(program.errors.hasPrefix("knockgate: no udp knock to 255.255.255.255:9: "))
    }

    @Test(arguments: [
        ("3333", UInt16(3333), nil), ("3333:tcp", 3333, Transport.tcp), ("2222:udp", 2222, .udp), ("1/tcp", 1, .tcp),
        ("65535/UDP", 65535, .udp),
    ])
    func `a knock is a port, with or without its transport`(text: String, number: UInt16, transport: Transport?) throws
    {
        let word = try KnockWord(text)
        #expect(word.number == number)
        #expect(word.transport == transport)
    }

    @Test(arguments: [
        ("0", "a port is 1 to 65535, not \"0\""), ("65536", "a port is 1 to 65535, not \"65536\""),
        ("", "a port is 1 to 65535, not \"\""), ("+22", "a port is 1 to 65535, not \"+22\""),
        (":tcp", "a port is 1 to 65535, not \"\""), ("ssh", "a port is 1 to 65535, not \"ssh\""),
        ("22:", "one knocks with tcp or udp, not \"\""), ("22/icmp", "one knocks with tcp or udp, not \"icmp\""),
        ("22:tcp:udp", "one knocks with tcp or udp, not \"tcp:udp\""),
    ])
    func `what isn't a knock is refused with what was expected`(text: String, message: String) {
        let error = #expect(throws: ValidationError.self) { try KnockWord(text) }
        #expect(error?.message == message)
    }
}

extension Program {
    /// What the program says of its knocks, without the times.
    var knocks: [String] {
        output.replacing(#/ at [0-9]+(\.[0-9])? ms/#, with: "").split(separator: "\n").map(String.init)
    }
}
