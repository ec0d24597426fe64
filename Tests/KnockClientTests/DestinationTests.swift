import KnockClient
import KnockCore
import Testing

@Suite(.serialized) struct DestinationTests {
    @Test(arguments: [
        ("127.0.0.1", nil, "127.0.0.1"),
        ("::1", nil, "::1"),
        ("2001:db8:0:0::5", Address.Family.ipv6, "2001:db8::5"),
        ("localhost", .ipv4, "127.0.0.1"),
    ])
    func `a host is looked up to an address in numbers`(
        host: String, family: Address.Family?, address: String
    ) throws {
        #expect(try Destination(host, family: family).description == address)
    }

    @Test(arguments: [("127.0.0.1", Address.Family.ipv6), ("::1", .ipv4), ("", .ipv4)])
    func `a host without an address of the family is an error that names it`(host: String, family: Address.Family) {
        let error = #expect(throws: KnockError.self) { try Destination(host, family: family) }
        #expect(error?.description.hasPrefix("no address for \(host): ") == true)
    }

    @Test func `an IPv6 address stands in brackets before its port`() throws {
        #expect(try Destination("127.0.0.1").endpoint(.udp(2222)) == "127.0.0.1:2222")
        #expect(try Destination("::1").endpoint(.udp(2222)) == "[::1]:2222")
    }

    @Test(arguments: [Listener.loopback4, Listener.loopback6])
    func `a UDP knock is a datagram of one zero byte`(host: String) throws {
        let listener = try Listener(.udp, at: host)
        try Destination(host).knock(.udp(listener.port))
        #expect(listener.datagram() == [0])
        #expect(listener.datagram(within: .milliseconds(50)) == nil)
    }

    @Test(arguments: [Listener.loopback4, Listener.loopback6])
    func `a TCP knock asks for one connection, and says nothing in it`(host: String) throws {
        let listener = try Listener(.tcp, at: host)
        try Destination(host).knock(.tcp(listener.port))
        #expect(listener.connection() == [])
        #expect(listener.connection(within: .milliseconds(50)) == nil)
    }

    @Test func `knocks come in their order, each announced before it is made, with the pause between them`() throws {
        let listeners = [try Listener(.udp), try Listener(.tcp), try Listener(.udp)]
        let ports = [Port.udp(listeners[0].port), .tcp(listeners[1].port), .udp(listeners[2].port)]
        var announced: [Port] = []
        let clock = ContinuousClock()
        let time = try clock.measure {
            try Destination(Listener.loopback4).knock(ports, delay: .milliseconds(30)) { port in
                #expect(!listeners[announced.count].isReady(within: .zero))
                announced.append(port)
            }
        }
        #expect(announced == ports)
        #expect(time >= .milliseconds(60))
        #expect(listeners.allSatisfy { $0.isReady(within: .seconds(5)) })
    }

    @Test func `knocks on closed ports are no error`() throws {
        let (tcp, udp) = try (Listener(.tcp).port, Listener(.udp).port)  // Closed again at once.
        try Destination(Listener.loopback4).knock([.udp(udp), .udp(udp), .tcp(tcp), .tcp(tcp)])
    }

    @Test(arguments: [Port.tcp(3333), .udp(3333)])
    func `a knock that the system won't send is an error with what, where and why`(port: Port) throws {
        let error = #expect(throws: KnockError.self) { try Destination("255.255.255.255").knock(port) }
        let words = "no \(port.transport) knock to 255.255.255.255:3333: "
        let reasons = ["Permission denied", "Network is unreachable"]
        #expect(reasons.map { words + $0 }.contains(error?.description))
    }
}
