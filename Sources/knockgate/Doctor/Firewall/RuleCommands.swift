import KnockConfig
import KnockCore

/// The commands that put the gate's rules right, for one family.
struct RuleCommands {
    let family: Address.Family
    let configuration: Configuration
    /// The configuration's path.
    let path: String

    /// `knockgate rule`, as it's to be typed for this configuration.
    func printed(_ options: String = "") -> String {
        let named = self.path == ConfigOption.defaultPath ? "" : " --config \(self.path.shellQuoted)"
        return "knockgate rule\(options)\(named) | sh"
    }

    /// Puts the rule in at the top.
    func insert(into table: String = "filter", tool: String? = nil) -> String {
        let rule = DivertRule(
            queue: configuration.queue, mark: configuration.mark, sendsInvalid: configuration.rules.hearsInvalid)
        let command = rule.commands(.insert).split(separator: "\n").first ?? ""
        let words = command.drop { $0 != "-" }
        return "\(tool ?? family.iptables)\(table == "filter" ? "" : " -t \(table)") \(words)"
    }

    /// Takes a rule out by its number, after `shift` others were put in front of it in its base chain.
    func delete(_ rule: FirewallRule, of base: BaseChain, shift: Int = 0) -> String {
        let number = rule.number + (rule.chain == base.name ? shift : 0)
        switch base.tool {
        case .iptables(let tool):
            let table = base.table == "filter" ? "" : " -t \(base.table)"
            return "\(tool)\(table) -D \(rule.chain.shellQuoted) \(number)"
        case .nft(let family):
            return "nft delete rule \(family) \(base.table) \(rule.chain) handle \(rule.number)"
        }
    }

    /// Puts the right rule in at the top, and takes out these: first the one, then the other, so that there's no moment
    /// without a gate.
    func replace(_ gates: [GateRule]) -> [String] {
        guard let first = gates.first else { return [] }
        guard case .iptables(let tool) = first.chain.tool else {
            return [printed(" --nft --remove"), printed(" --nft")]
        }
        let old = gates.sorted { $0.rule.number > $1.rule.number }
        if gates.contains(where: \.rule.isNarrow) {
            let table = first.chain.table == "filter" ? "" : " | sed 's/-I/-t \(first.chain.table) -I/'"
            let own = printed(" --narrow").replacing(" | sh", with: " | grep '^\(family.iptables) '\(table) | sh")
            return old.map { delete($0.rule, of: $0.chain) } + [own]
        }
        let inserted = insert(into: first.chain.table, tool: tool)
        return [inserted]
            + old.map { delete($0.rule, of: $0.chain, shift: $0.chain.table == first.chain.table ? 1 : 0) }
    }

    /// Lets established connections through, ahead of all else.
    func acceptEstablished(in base: BaseChain) -> String {
        switch base.tool {
        case .iptables(let tool):
            let table = base.table == "filter" ? "" : " -t \(base.table)"
            return "\(tool)\(table) -I \(base.name) -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
        case .nft(let family):
            return "nft insert rule \(family) \(base.table) \(base.name) ct state established,related accept"
        }
    }

    /// Lets a port's packets through a chain behind the gate.
    func accept(_ port: Port, in base: BaseChain) -> String {
        let (number, transport) = (port.number, port.transport)
        switch base.tool {
        case .iptables(let tool):
            let table = base.table == "filter" ? "" : " -t \(base.table)"
            return "\(tool)\(table) -I \(base.name) -p \(transport) --dport \(number) -j ACCEPT"
        case .nft(let family):
            return "nft insert rule \(family) \(base.table) \(base.name) \(transport) dport \(number) accept"
        }
    }

    /// Opens the configuration, and has the daemon read it.
    var edit: String { "${EDITOR:-nano} \(path.shellQuoted) && knockgate reload" }
}

extension Configuration {
    /// The ports that doors protect, each once, ascending.
    var protectedPorts: [Port] { rules.doors.flatMap(\.protects).inOrder }
}

extension [Port] {
    /// Each once, by number.
    var inOrder: [Port] {
        Set(self).sorted { ($0.number, $0.transport.rawValue) < ($1.number, $1.transport.rawValue) }
    }

    /// `22/tcp, 53/udp`.
    var listed: String { map(\.description).joined(separator: ", ") }
}
