import KnockCore

/// `iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT`, read as what it opens or closes (iptables(8)).
struct IptablesCommand {
    private enum Action {
        case adds
        case deletes
        case looks
        case other
    }

    private var action = Action.other
    private var chain = ""
    private var table = "filter"
    private var transports: [Transport]?
    private var isOtherProtocol = false
    private var target = ""
    private var namesSource = false
    private var source: String?
    private var ports: String?
    private var isInverted = false
    private var hasInvertedPort = false
    /// A rule that is deleted by its number.
    private var number: String?
    private var differences: [String] = []

    init(_ arguments: ArraySlice<String>) {
        var words = IptablesCommand.normal(arguments)[...]
        while let word = words.popFirst() {
            if word == "!" {
                isInverted = true
                continue
            }
            option(word, &words)
            isInverted = false
        }
    }

    /// One word for each option and each value: `--dport=22` and `-ptcp` are two.
    private static func normal(_ words: ArraySlice<String>) -> [String] {
        words.flatMap { word -> [String] in
            if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
                return [String(word[..<equals]), String(word[word.index(after: equals)...])]
            }
            if word.hasPrefix("-"), word.count > 2, "pjsdimtAID".contains(word.dropFirst().prefix(1)),
                !word.hasPrefix("--")
            {
                return [String(word.prefix(2)), String(word.dropFirst(2))]
            }
            return [word]
        }
    }

    private mutating func option(_ option: String, _ words: inout ArraySlice<String>) {
        switch option {
        case "-A", "--append": begin(.adds, &words)
        case "-I", "--insert": begin(.adds, &words)
        case "-D", "--delete": begin(.deletes, &words)
        case "-C", "--check", "-S", "--list-rules", "-L", "--list": begin(.looks, &words)
        case "-t", "--table": table = words.popFirst() ?? ""
        case "-p", "--protocol", "--proto": take(protocol: words.popFirst() ?? "")
        case "--dport", "--dports", "--destination-port", "--destination-ports", "--ports": take(ports: &words)
        case "-s", "--source", "--src": take(source: words.popFirst() ?? "")
        case "-d", "--destination", "--dst", "-i", "--in-interface": narrow(option, &words)
        case "-j", "--jump", "-g", "--goto": target = words.popFirst() ?? ""
        case "-m", "--match", "--comment", "--state", "--ctstate", "--reject-with", "-w", "--wait":
            if let word = words.first, !word.hasPrefix("-") { words.removeFirst() }
        case "--sport", "--sports", "--source-port", "--source-ports", "--mac-source", "--limit", "--hitcount",
            "--connlimit-above":
            narrow(option, &words)
        default: while let word = words.first, !word.hasPrefix("-"), word != "!" { words.removeFirst() }
        }
    }

    private mutating func begin(_ action: Action, _ words: inout ArraySlice<String>) {
        self.action = action
        if let word = words.first, !word.hasPrefix("-") { chain = words.removeFirst() }
        if let word = words.first, word != "!", !word.hasPrefix("-") { number = words.removeFirst() }
    }

    private mutating func take(protocol name: String) {
        switch name.lowercased() {
        case "tcp", "6": transports = [.tcp]
        case "udp", "17": transports = [.udp]
        case "all", "0": break
        default: isOtherProtocol = true
        }
        isOtherProtocol = isOtherProtocol || isInverted
    }

    private mutating func take(ports words: inout ArraySlice<String>) {
        if words.first == "!" {
            isInverted = true
            words.removeFirst()
        }
        ports = words.popFirst()
        hasInvertedPort = hasInvertedPort || isInverted
    }

    private mutating func take(source address: String) {
        if address.contains("%IP%"), !isInverted { namesSource = true } else { source = address }
    }

    private mutating func narrow(_ option: String, _ words: inout ArraySlice<String>) {
        let value = words.popFirst() ?? ""
        differences.append(
            "the rule holds for \(option) \(value.commentable) only, the door for every packet to its ports")
    }

    var meaning: CommandMeaning {
        if action == .looks { return .nothing }
        guard action != .other, let effect = effect else { return .foreign }
        if action == .deletes, number != nil {
            return .change(.puzzle(effect, "a rule is deleted by its number"))
        }
        guard table == "filter" || table == "mangle" || table == "raw" else {
            return .change(.puzzle(effect, "the table \(table.commentable) translates addresses, which a gate doesn't"))
        }
        guard !["FORWARD", "OUTPUT", "POSTROUTING"].contains(chain) else {
            return .change(.puzzle(effect, "a packet in the chain \(chain) isn't one for this machine"))
        }
        return .change(change(effect))
    }

    private var effect: FirewallChange.Effect? {
        switch target {
        case "ACCEPT", "RETURN": action == .adds ? .opens : .closes
        case "DROP", "REJECT": action == .adds ? .closes : .opens
        case "DNAT", "REDIRECT", "SET": action == .adds ? .opens : .closes
        case "" where action == .deletes && number != nil: .closes
        default: nil
        }
    }

    private func change(_ effect: FirewallChange.Effect) -> FirewallChange {
        guard !isOtherProtocol else { return .puzzle(effect, "a door protects TCP and UDP ports") }
        guard let ports else { return .puzzle(effect, "it names no port (--dport): it is about all of them") }
        guard !hasInvertedPort else { return .puzzle(effect, "it is about all ports but some") }
        do {
            var change = FirewallChange(effect: effect, ports: try PortNumbers(ports).ports(transports ?? [.tcp]))
            change.differences =
                differences + (transports == nil ? ["the rule names no protocol (-p): taken as TCP"] : [])
            if let source {
                change.differences.append("the rule is for \(source.commentable), the door for whoever has knocked")
            } else if !namesSource {
                change.differences.append("the rule is for everyone (no -s %IP%), the door for whoever has knocked")
            }
            return change
        } catch {
            return .puzzle(effect, error.reason)
        }
    }
}
