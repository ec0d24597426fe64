import KnockCore

/// The one rule that sends new packets to the daemon's queue, in the words of each tool that installs rules.
struct DivertRule: Equatable {
    let queue: UInt16
    /// The bit that says a packet was seen.
    let mark: UInt32
    /// Where to send only packets to the ports in the configuration: those. Nil sends every new packet.
    var ports: [Port]?
    /// Whether packets that conntrack calls invalid are sent, too. To it a connection begins with a SYN, or goes on with an
    /// ACK; a first packet with other flags, as a door's `tcpflags` may want them, is invalid.
    var sendsInvalid = false

    enum Action {
        case insert, remove
    }

    /// Commands for a shell: iptables for IPv4, ip6tables for IPv6.
    func commands(_ action: Action) -> String {
        let lines = ["iptables ", "ip6tables"].flatMap { tool in
            matches.map { "\(tool) \(action.flag) INPUT \($0)" }
        }
        return note + lines.joined(separator: "\n") + "\n"
    }

    /// Input for iptables-restore(8) and ip6tables-restore(8), each with --noflush. The rules name their family, so that
    /// either tool can be given the file and takes its own. They stand in one table: without --noflush, a second one of
    /// the same name would throw away the first.
    func restoreFile(_ action: Action) -> String {
        let lines = ["-4", "-6"].flatMap { family in matches.map { "\(family) \(action.flag) INPUT \($0)" } }
        return note + DivertRule.restoreNote + "*filter\n" + lines.joined(separator: "\n") + "\nCOMMIT\n"
    }

    /// How to load the file without losing the rules that are there.
    static let restoreNote = """
        # For iptables-restore --noflush and for ip6tables-restore --noflush: each takes the lines of its family.
        # Into a rules file, as of netfilter-persistent, put only those that begin with -4 and -6, ahead of the COMMIT of its
        # own *filter table: a second table of that name would throw away the first, with all its rules.

        """

    /// The words after `-I INPUT`, one string a rule.
    private var matches: [String] {
        let before = "! -i lo"
        let after =
            "-m conntrack --ctstate \(sendsInvalid ? "NEW,INVALID" : "NEW") -m mark ! --mark \(markText)/\(markText) -j NFQUEUE --queue-num \(queue)"
        guard let ports else { return ["\(before) \(after)"] }
        return Transport.allCases.flatMap { transport in
            let numbers = ports.numbers(transport)
            // multiport takes up to 15 ports a rule: iptables-extensions(8).
            return stride(from: 0, to: numbers.count, by: 15).map { start in
                let list = numbers[start..<min(start + 15, numbers.count)].map(String.init).joined(separator: ",")
                return "\(before) -p \(transport) -m multiport --dports \(list) \(after)"
            }
        }
    }

    private var note: String { ports == nil ? "" : DivertRule.narrowNote }
    private var markText: String { "0x" + String(mark, radix: 16) }

    /// What `--narrow` costs, as a comment that every tool passes over.
    static let narrowNote = """
        # Only the ports in the configuration are watched: a port scan in the middle of a sequence no longer spoils it,
        # and whoever may list the firewall's rules can read the ports to knock on.

        """
}

/// The same for nftables.
extension DivertRule {
    /// The comment by which the rules are found again.
    static let nftComment = "knockgate"

    /// Commands for a shell. nft can't insert a rule before knowing its chain, nor delete it without its number.
    func nftCommands(_ action: Action) -> String {
        let lines =
            switch action {
            case .insert: nftRules.map { "nft '\($0)'" }
            case .remove:
                [
                    "nft -a list chain inet filter input |",
                    "    sed -n 's/.* comment \"\(DivertRule.nftComment)\" # handle /delete rule inet filter input handle /p' |",
                    "    nft -f -",
                ]
            }
        return note + DivertRule.nftNote + lines.joined(separator: "\n") + "\n"
    }

    /// Input for `nft -f`.
    var nftFile: String {
        note + DivertRule.nftNote + nftRules.joined(separator: "\n") + "\n"
    }

    private var nftRules: [String] {
        let before = "insert rule inet filter input iifname != \"lo\""
        let after =
            "ct state \(sendsInvalid ? "new,invalid" : "new") meta mark & \(markText) != \(markText) queue to \(queue) comment \"\(DivertRule.nftComment)\""
        guard let ports else { return ["\(before) \(after)"] }
        return Transport.allCases.compactMap { transport in
            let numbers = ports.numbers(transport).map(String.init)
            return numbers.isEmpty
                ? nil : "\(before) \(transport) dport { \(numbers.joined(separator: ", ")) } \(after)"
        }
    }

    /// Where the rule has to stand.
    static let nftNote = """
        # "inet filter input" is to be the chain that rejects packets: an accept in a chain of the gate's own wouldn't
        # keep another chain from rejecting them later.

        """
}

extension DivertRule.Action {
    fileprivate var flag: String { self == .insert ? "-I" : "-D" }
}

extension [Port] {
    /// The numbers of this transport, each once, ascending.
    fileprivate func numbers(_ transport: Transport) -> [UInt16] {
        Set(filter { $0.transport == transport }.map(\.number)).sorted()
    }
}

extension Rules {
    /// Whether a door hears packets that conntrack calls invalid: then the rule has to send them.
    var hearsInvalid: Bool { doors.contains { $0.tcpFlags != .syn } }
}
