import Glibc
import KnockConfig
import KnockControl
import KnockCore

/// Looks at the running system. Everything is read, nothing is changed.
struct FactsGathering {
    let config: String
    let socket: String
    /// Where the kernel tells of itself.
    var proc = "/proc"
    /// Where services keep what they have done since the machine came up.
    var run = "/run"
    /// Where systemd looks for units.
    var units = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"]

    func facts() -> Facts {
        let reading = Configuration.load(config)
        let daemon = daemon()
        let files = Facts.ConfigurationFiles(path: config, reading: reading, rights: rights(), user: user(of: daemon))
        return Facts(
            isRoot: geteuid() == 0, again: again, files: files, daemon: daemon,
            queue: queue(reading.configuration?.queue ?? Configuration().queue),
            firewalls: families.map { FirewallReading(family: $0, outside: outside, again: again).firewall },
            listeners: listeners(),
            kernel: kernel(), hasRuleService: units.contains { exists($0 + "/knockgate-rule.service") },
            isRuleOfService: exists(run + "/knockgate-rule/rules"),
            isGivenUp: Tool("systemctl")?.run(["is-failed", "--quiet", "knockgate.service"]).code == 0)
    }

    /// IPv6 can be switched off; then the kernel has no list of its addresses.
    private var families: [Address.Family] { exists(proc + "/net/if_inet6") ? [.ipv4, .ipv6] : [.ipv4] }

    /// The interfaces of the default routes: lines of /proc/net/route and ipv6_route (proc(5)) whose destination and mask are 0.
    private var outside: Set<String> {
        var names: Set<Substring> = []
        for line in (SmallFile.text(at: proc + "/net/route") ?? "").split(separator: "\n") {
            let fields = line.split { $0 == "\t" || $0 == " " }
            if fields.count > 7, fields[1] == "00000000", fields[7] == "00000000" { names.insert(fields[0]) }
        }
        for line in (SmallFile.text(at: proc + "/net/ipv6_route") ?? "").split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 10, fields[0].allSatisfy({ $0 == "0" }), fields[1] == "00" { names.insert(fields[9]) }
        }
        return Set(names.map(String.init)).subtracting(["lo"])
    }

    /// The command that was typed, without its program's path.
    private var again: String {
        "knockgate doctor" + (config == ConfigOption.defaultPath ? "" : " --config \(config.shellQuoted)")
            + (socket == ControlSocket.defaultPath ? "" : " --socket \(socket.shellQuoted)")
    }

    // MARK: - The configuration

    /// The drop-ins' directory is left out where it isn't there.
    private func rights() -> [FileRights] {
        let parent = config.lastIndex(of: "/").map { config[..<$0] } ?? "."
        let directory = config + ".d"
        let names = SmallFile.names(in: directory).filter { $0.hasSuffix(".conf") && !$0.hasPrefix(".") }.sorted()
        let files: [(String, FileRights.Use)] =
            [(parent.isEmpty ? "/" : String(parent), .enter), (config, .read), (directory, .list)]
            + names.map { (directory + "/" + $0, .read) }
        return files.compactMap(FileRights.init(at:for:))
    }

    /// Whom the daemon runs as: it shows, or else it's the packaged service's user.
    private func user(of daemon: Facts.Daemon) -> FileRights.User? {
        // The owner of /proc/PID is root wherever the process may not be dumped; its status says who it is.
        if case .up(let status) = daemon, let text = SmallFile.text(at: "\(proc)/\(status.pid)/status"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Uid:") }),
            let id = line.split(separator: "\t").dropFirst(2).first.flatMap({ uid_t($0) })
        {
            return FileRights.User(id: id)
        }
        return FileRights.User(named: "knockgate")
    }

    // MARK: - The daemon and its queue

    private func daemon() -> Facts.Daemon {
        do {
            return .up(try ControlClient(path: socket).status())
        } catch {
            let absent = [ENOENT, ECONNREFUSED, ENOTDIR].map { Failure(errno: $0, path: socket) }
            return absent.contains(error) ? .down(socket: socket) : .unknown(error)
        }
    }

    private func queue(_ number: UInt16) -> Facts.Queue {
        let path = proc + "/net/netfilter/nfnetlink_queue"
        guard let list = SmallFile.text(at: path) else { return exists(path) ? .unknown : .unbound }
        let owner = QueueOwner(of: number, in: list) { pid in
            SmallFile.text(at: "\(proc)/\(pid)/comm").map { String($0.prefix { $0 != "\n" }) }
        }
        return owner.map { .bound($0) } ?? .unbound
    }

    // MARK: - The kernel

    private func kernel() -> Facts.Kernel {
        Facts.Kernel(
            hasQueue: exists(proc + "/net/netfilter") ? exists(proc + "/net/netfilter/nfnetlink_queue") : nil,
            hasConntrack: exists(proc + "/sys/net") ? exists(proc + "/sys/net/netfilter/nf_conntrack_max") : nil,
            lacksTarget: families.filter { family in
                // The list is that of iptables' own kernel part; nothing stands in it where only nftables is used.
                let path = family == .ipv4 ? "/net/ip_tables_targets" : "/net/ip6_tables_targets"
                guard let targets = SmallFile.text(at: proc + path), !targets.isEmpty else { return false }
                return !targets.split(separator: "\n").contains("NFQUEUE")
            })
    }

    private func listeners() -> Listeners? {
        var listeners = Listeners()
        var canBeSeen = false
        for (name, transport) in [("tcp", Transport.tcp), ("tcp6", .tcp), ("udp", .udp), ("udp6", .udp)] {
            guard let list = SmallFile.text(at: "\(proc)/net/\(name)") else { continue }
            listeners.read(list, transport)
            canBeSeen = true
        }
        return canBeSeen ? listeners : nil
    }

    private func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}

/// Files and directories that are read whole, if they can be.
enum SmallFile {
    /// At most this much of a file is read: enough for 100,000 sockets.
    static let largest = 16 << 20

    static func text(at path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < largest {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count > 0 { bytes += chunk[..<count] } else if count == 0 || errno != EINTR { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func names(in directory: String) -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            // d_name ends with a NUL within its 256 bytes (readdir(3)).
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }
}
