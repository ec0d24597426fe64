import KnockCore
import PacketForge
import Testing

extension Stories {
    /// Whatever sends packets can knock: no client is told anything but where to knock.
    @Suite struct `R6: many clients` {
        @Test(.timeLimit(.minutes(2)), arguments: Client.all)
        func `each of them opens its door, over IPv4 and over IPv6`(client: Client) async throws {
            try await Stage.withDaemon(Client.doors, behind: .rejecting) { stage, daemon in
                try await stage.serves(22)
                try await stage.serves(8855)
                for family in client.families {
                    let visitor = stage.client.at(family == .ipv4 ? "203.0.113.7" : "2001:db8::7")
                    try await #expect(visitor.finds(client.opens) == .silent)
                    try await visitor.runs(client)
                    try await #expect(visitor.finds(client.opens) == .accepted)
                }
                try await #expect(daemon.status().opened == client.families.count)
                try await #expect(stage.stranger.finds(client.opens) == .silent)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a client whose SYNs get no answer sends each of them again, and gets in`() async throws {
            try await Stage.withDaemon(Client.doors, behind: .dropping) { stage, daemon in
                try await stage.serves(8855)
                let before = try await daemon.status().verdicts.next
                try await stage.client.runs(.patientCurl)
                try await #expect(daemon.status().verdicts.next - before == 6, "three knocks, and each once more (R7)")
                try await #expect(stage.client.finds(.tcp(8855)) == .accepted)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a client that tries both families at once knocks at a door for each`() async throws {
            try await Stage.withDaemon(Client.doors, behind: .rejecting) { stage, daemon in
                try await stage.serves(8855)
                let hosts = try stage.write("203.0.113.5 both.example\n2001:db8::5 both.example\n", to: "hosts")
                // Its SYN by one family is refused, and it sends another by the other: two sockets a knock.
                let knocks = Client.sequence.map { "curl -s -m 1 http://both.example:\($0)/;" }.joined()
                try await stage.client.machine.run(
                    .shell, ["-c", "mount --bind \"$0\" /etc/hosts && { \(knocks) true; }", hosts]
                ).succeeded()
                for visitor in [stage.client, stage.client.at("2001:db8::7")] {
                    try await #expect(visitor.finds(.tcp(8855)) == .accepted)
                }
                try await #expect(daemon.status().opened == 2)
            }
        }
    }
}

/// Something that knocks, as an administrator would type it.
struct Client: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What runs to knock; $HOST is the server's address.
    let script: String
    /// The port that is open then.
    let opens: Port
    let families: [Address.Family]

    static let doors = """
        [door ssh]
        protects = 22/tcp
        sequence = 2222/udp 3333/tcp 4444/udp
        open_for = 30s
        [door web]
        protects = 8855/tcp
        sequence = 7101/tcp 7303/tcp 7202/tcp
        open_for = 30s
        """
    /// The second door's, for clients that know TCP alone.
    static let sequence = [7101, 7303, 7202]

    static let all = [
        mixed("Debian's knock", udp: "knock $HOST PORT:udp", tcp: "knock $HOST PORT:tcp"),
        mixed(
            "nmap -sS and -sU", udp: "nmap $FAMILY -n -Pn -sU --max-retries 0 -p PORT $HOST",
            tcp: "nmap $FAMILY -n -Pn -sS --max-retries 0 -p PORT $HOST"),
        mixed(
            "hping3, which knows no IPv6", udp: "hping3 -q --udp -c 1 -p PORT $HOST",
            tcp: "hping3 -q -S -c 1 -p PORT $HOST",
            families: [.ipv4]),
        ofTCP("nmap -sT", "nmap $FAMILY -n -Pn -sT --max-retries 0 -p PORT $HOST"),
        mixed("netcat", udp: "echo -n knock | nc -u -w 1 $HOST PORT", tcp: "nc -z -w 1 $HOST PORT"),
        mixed("bash's /dev/tcp and /dev/udp", udp: "echo knock >/dev/udp/$HOST/PORT", tcp: ": </dev/tcp/$HOST/PORT"),
        mixed(
            "Python's sockets",
            udp: python("s = socket.socket(a[0], socket.SOCK_DGRAM); s.sendto(b'', a[4])"),
            tcp: python("s = socket.socket(a[0]); s.settimeout(1); s.connect_ex(a[4])")),
        ofTCP("curl", "curl -g -s -m 1 \"http://$URL:PORT/\""),
    ]

    static let patientCurl = ofTCP("curl, for long enough", "curl -g -s -m 1.6 \"http://$URL:PORT/\"")

    private static func mixed(
        _ name: String, udp: String, tcp: String, families: [Address.Family] = [.ipv4, .ipv6]
    ) -> Client {
        let knocks = [(udp, 2222), (tcp, 3333), (udp, 4444)]
        return Client(testDescription: name, script: script(knocks), opens: .ssh, families: families)
    }

    private static func ofTCP(_ name: String, _ knock: String) -> Client {
        Client(
            testDescription: name, script: script(sequence.map { (knock, $0) }), opens: .tcp(8855),
            families: [.ipv4, .ipv6])
    }

    /// What a client makes of being refused is no matter here.
    private static func script(_ knocks: [(command: String, port: Int)]) -> String {
        knocks.map { $0.command.replacing("PORT", with: "\($0.port)") + " || true" }.joined(separator: "\n")
    }

    private static func python(_ code: String) -> String {
        "/usr/bin/python3 -c \"import socket; a = socket.getaddrinfo('$HOST', PORT)[0]; \(code)\""
    }
}

extension Visitor {
    /// Runs a client on the visitor's machine, at its usual address of the visitor's family.
    fileprivate func runs(_ client: Client) async throws {
        let isIPv6 = address.family == .ipv6
        let words = [
            "HOST=\(server)", "URL=\(isIPv6 ? "[\(server)]" : "\(server)")", "FAMILY=\(isIPv6 ? "-6" : "")", "bash",
            "-c",
            client.script,
        ]
        try await machine.run(Program(name: "env", package: "coreutils"), words, within: .seconds(40)).succeeded()
    }
}
