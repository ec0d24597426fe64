import KnockCore

/// Reads what the firewall's own tools print of one family's rules.
struct FirewallReading {
    let family: Address.Family
    /// The interfaces that lead to where strangers are.
    var outside: Set<String> = []
    /// What to type as root to look again.
    var again = "knockgate doctor"
    /// Runs a program by its name; nil when it isn't there.
    var run: (_ name: String, _ arguments: [String]) -> Tool.Answer? = { Tool($0)?.run($1) }

    var firewall: Facts.Firewall {
        var firewall = Facts.Firewall(family: family)
        let saved = save("", &firewall)
        if saved?.mentionsLegacy == true { _ = save("-legacy", &firewall) }
        readNftables(beside: saved, &firewall)
        // Sorted by hand, for sort() may exchange chains of the same priority.
        let places = firewall.chains.enumerated().sorted {
            ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset)
        }
        firewall.chains = places.map { $0.element.seen(from: outside) }
        return firewall
    }

    /// Takes in what `iptables-save` prints, or a namesake.
    private func save(_ suffix: String, _ firewall: inout Facts.Firewall) -> IptablesSave? {
        let name = "\(family.iptables)\(suffix)-save"
        guard let answer = run(name, []) else {
            // A machine with nftables alone has no iptables-save, and needs none.
            if !suffix.isEmpty || run("nft", ["--version"]) == nil {
                firewall.unseen.append(
                    .wrong(
                        "could not look at the \(family.name) firewall: \(name) is missing",
                        mending: ["apt install iptables"]))
            }
            return nil
        }
        guard answer.code == 0 else {
            firewall.unseen.append(unseen(name, answer))
            return nil
        }
        let saved = IptablesSave(answer.output + answer.errors, command: family.iptables + suffix)
        firewall.chains += saved.chains
        return saved
    }

    private func readNftables(beside saved: IptablesSave?, _ firewall: inout Facts.Firewall) {
        guard firewall.unseen.isEmpty, let answer = run("nft", ["-a", "-y", "list", "ruleset"]) else { return }
        guard answer.code == 0 else {
            firewall.unseen.append(unseen("nft list ruleset", answer))
            return
        }
        // nft shows the tables of iptables' newer backend, too.
        let known = saved.map { $0.isInNftables ? $0.tables : [] } ?? []
        firewall.chains += NftRuleset(answer.output).baseChains(of: family, without: known)
    }

    private func unseen(_ command: String, _ answer: Tool.Answer) -> Finding {
        let reason = answer.errors.split(separator: "\n").first.map(String.init) ?? "it failed"
        return .wrong(
            "could not look at the \(family.name) firewall: \(command) says \"\(reason.printable)\"",
            mending: ["sudo \(again)"])
    }
}
