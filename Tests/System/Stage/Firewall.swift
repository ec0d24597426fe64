/// The firewall that stands behind the gate: established connections and ICMP are accepted, the rest is not.
enum Firewall: CaseIterable {
    /// Refuses everything as `-j REJECT` does by itself, with ICMP's port unreachable.
    case rejecting
    /// Refuses as a machine without a firewall would: TCP with a reset, UDP with port unreachable.
    case resetting
    /// Answers nothing.
    case dropping
    /// Refuses like `resetting`, but lets everybody reach SSH: what the gate can only subtract from.
    case admittingSSH

    /// The rules, for iptables-restore or ip6tables-restore.
    func rules(isIPv6: Bool) -> String {
        let icmp = isIPv6 ? "ipv6-icmp" : "icmp"
        let unreachable = isIPv6 ? "icmp6-port-unreachable" : "icmp-port-unreachable"
        let last =
            switch self {
            case .rejecting: ["-A INPUT -j REJECT"]
            case .dropping: ["-A INPUT -j DROP"]
            case .resetting:
                [
                    "-A INPUT -p tcp -j REJECT --reject-with tcp-reset",
                    "-A INPUT -j REJECT --reject-with \(unreachable)",
                ]
            case .admittingSSH:
                [
                    "-A INPUT -p tcp --dport 22 -j ACCEPT",
                    "-A INPUT -p tcp -j REJECT --reject-with tcp-reset",
                    "-A INPUT -j REJECT --reject-with \(unreachable)",
                ]
            }
        let lines =
            [
                "*filter", ":INPUT ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]",
                "-A INPUT -i lo -j ACCEPT", "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                "-A INPUT -p \(icmp) -j ACCEPT",
            ] + last + ["COMMIT"]
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The one rule that sends new packets to the gate (DESIGN, "The rule").
struct QueueRule {
    var table = "filter"
    /// Which of conntrack's states are sent.
    var states = "NEW"
    /// Whether packets that the gate has seen are left out, as they must be.
    var matchesMark = true

    /// The arguments of iptables, and of ip6tables.
    var arguments: [String] {
        ["-t", table, "-I", "INPUT", "!", "-i", "lo", "-m", "conntrack", "--ctstate", states]
            + (matchesMark ? ["-m", "mark", "!", "--mark", "0x1000/0x1000"] : [])
            + ["-j", "NFQUEUE", "--queue-num", "4747"]
    }
}
