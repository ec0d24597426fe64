/// Who decides about packets in a row: a listener to the queue, another port knocking program, or the firewall alone.
import Foundation

enum Front: Sendable {
    case listener(Listener)
    case knockd
    case recent
    case ipset
    case drop

    static let all: [Front] = Listener.judges.map(Front.listener) + [.knockd, .recent, .ipset, .drop]

    var name: String {
        switch self {
        case .listener(let listener): listener.name
        case .knockd: Subject.knockd
        case .recent: Subject.recent
        case .ipset: Subject.ipset
        case .drop: Subject.drop
        }
    }

    var firewall: Firewall {
        switch self {
        case .listener: .gate
        case .recent: .recent
        case .ipset: .set
        case .knockd, .drop: .plain
        }
    }
}

extension Bench {
    /// Puts a front in place and does the work; `work` is given the program that runs in user space, if there is one.
    func withFront<Answer: Sendable>(
        _ front: Front, behind change: (inout Firewall) -> Void = { _ in }, _ settings: GateSettings = GateSettings(),
        _ work: (Background?) async throws -> Answer
    ) async throws -> Answer {
        var firewall = front.firewall
        change(&firewall)
        if case .ipset = front { try await makeSet() }
        try await install(firewall)
        switch front {
        case .listener(let listener): return try await withListener(listener, settings) { try await work($0) }
        case .knockd: return try await withKnockd { try await work($0) }
        case .recent, .ipset, .drop: return try await work(nil)
        }
    }

    /// An empty set of addresses that may come in, with room for a million.
    func makeSet() async throws {
        try await server.run(.ipset, ["create", "-exist", "open", "hash:ip", "maxelem", "1048576"])
        try await server.run(.ipset, ["flush", "open"])
    }

    /// knockd, which reads packets by libpcap and opens a door by a rule for each client.
    func withKnockd<Answer: Sendable>(_ work: (Background) async throws -> Answer) async throws -> Answer {
        let file = try write(
            """
            [options]
                interface = \(Bench.interface)
                logfile = \(path("knockd.log"))
            [ssh]
                sequence = 2222:udp,3333:tcp,4444:udp
                seq_timeout = 15
                tcpflags = syn
                command = \(try Program("iptables").path) -w -I INPUT -s %IP% -p tcp --dport \(Bench.port) -j ACCEPT

            """, to: "knockd.conf")
        return try await server.hosting(
            .knockd, ["-c", file], on: .ofListener, until: { try Kernel.capturesPackets($0.pid) }, work)
    }
}

extension Bench {
    /// fwknop-server with keys of its own, as its manual sets it up, and the datagrams of so many clients.
    ///
    /// - Parameter work: is given the knock that our client sends.
    func withFwknop<Answer: Sendable>(
        from first: Int, count: Int, _ work: (_ knock: String) async throws -> Answer
    ) async throws -> Answer {
        let (key, hmac) = (Bench.randomKey(32), Bench.randomKey(64))
        let settings = [
            "PCAP_INTF \(Bench.interface);", "FWKNOP_RUN_DIR \(path("fwknop"));",
            "FWKNOP_PID_FILE \(path("fwknop"))/pid;", "DIGEST_FILE \(path("fwknop"))/digest.cache;",
            "FIREWALL_EXE \(try Program("iptables").path);",
        ]
        let access = "SOURCE ANY\nKEY_BASE64 \(key)\nHMAC_KEY_BASE64 \(hmac)\nFW_ACCESS_TIMEOUT 30\n"
        let files = try (
            write(settings.joined(separator: "\n") + "\n", to: "fwknopd.conf"), write(access, to: "access.conf")
        )
        try FileManager.default.createDirectory(
            atPath: path("fwknop"), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for index in 0..<count {
            let packet = path("fwknop.\(index)")
            try? FileManager.default.removeItem(atPath: packet)
            try await Program("fwknop").run([
                "-A", "tcp/\(Bench.port)", "-a", Bench.honest(first + index), "-D", Bench.serverAddress,
                "--key-base64-rijndael", key, "--key-base64-hmac", hmac, "--use-hmac", "--no-save-args",
                "--no-rc-file", "--test", "--save-packet", packet,
            ])
        }
        return try await server.hosting(
            Program("fwknopd"), ["-f", "-c", files.0, "-a", files.1], on: .ofListener,
            until: { try Kernel.capturesPackets($0.pid) }
        ) { _ in try await work("62201/udp=\(path("fwknop"))") }
    }

    private static func randomKey(_ bytes: Int) -> String {
        Data((0..<bytes).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    }

    /// The address of an honest client: 198.18.0.1 is number 0.
    static func honest(_ number: Int) -> String {
        "198.18.\((number + 1) / 256).\((number + 1) % 256)"
    }
}
