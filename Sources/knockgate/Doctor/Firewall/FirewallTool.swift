import KnockCore

/// The program that a table's rules are changed with.
enum FirewallTool: Equatable {
    /// `iptables`, `ip6tables` or their legacy namesakes.
    case iptables(String)
    /// nftables, with the table's family: ip, ip6 or inet.
    case nft(family: String)
}

extension Address.Family {
    /// As it's written in a sentence.
    var name: String { self == .ipv4 ? "IPv4" : "IPv6" }
    /// The tool whose default backend holds its rules.
    var iptables: String { self == .ipv4 ? "iptables" : "ip6tables" }
}
