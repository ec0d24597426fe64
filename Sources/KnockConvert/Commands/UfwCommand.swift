import KnockCore

/// `ufw allow from %IP% to any port 22 proto tcp`, or the short `ufw allow 22/tcp`, read as what it opens or closes (ufw(8)).
struct UfwCommand {
    private var words: [String]
    private var deletes = false

    init(_ arguments: ArraySlice<String>) {
        words = arguments.filter { !$0.hasPrefix("--") }
        // `delete`, `insert 1`, `prepend` and `route` come before the verb.
        while let first = words.first {
            switch first {
            case "delete": deletes = true
            case "prepend": break
            case "insert": if words.count > 1 { words.removeFirst() }
            default: return
            }
            words.removeFirst()
        }
    }

    var meaning: CommandMeaning {
        guard let verb = words.first else { return .foreign }
        switch verb {
        case "allow", "limit": return .change(change(deletes ? .closes : .opens))
        case "deny", "reject": return .change(change(deletes ? .opens : .closes))
        case "status", "reload", "enable": return .nothing
        case _ where deletes && verb.leadingNumber > 0:
            return .change(.puzzle(.closes, "a rule is deleted by its number"))
        default: return .foreign
        }
    }

    private func value(_ key: String) -> String? {
        guard let place = words.firstIndex(of: key), place + 1 < words.count else { return nil }
        return words[place + 1]
    }

    private func change(_ effect: FirewallChange.Effect) -> FirewallChange {
        if words.contains("out") { return .puzzle(effect, "it is about outgoing packets") }
        do {
            var change = FirewallChange(effect: effect)
            let (text, transport) = try port()
            change.ports = try PortNumbers(text).ports(transport.map { [$0] } ?? [.tcp, .udp])
            if transport == nil {
                change.differences.append("ufw takes both protocols where none is named: drop udp if TCP is meant")
            }
            if let address = value("from"), !address.contains("%IP%"), address != "any" {
                change.differences.append("the rule is for \(address.commentable), the door for whoever has knocked")
            } else if !words.contains(where: { $0.contains("%IP%") }) {
                change.differences.append("the rule is for everyone (no from %IP%), the door for whoever has knocked")
            }
            if let address = value("to"), address != "any" {
                change.differences.append(
                    "the rule holds for \(address.commentable) only, the door for every address of the machine")
            }
            return change
        } catch {
            return .puzzle(effect, error.reason)
        }
    }

    /// The port and its protocol, where one is named.
    private func port() throws(PortNumbers.Flaw) -> (String, Transport?) {
        let named = Transport.allCases.first { $0.description == value("proto") }
        if let app = value("app") ?? profile {
            guard app.lowercased() == "openssh" else {
                throw PortNumbers.Flaw(reason: "the ports stand in ufw's profile \(app.quoted)")
            }
            return ("22", .tcp)
        }
        if let place = words.firstIndex(of: "to"), let port = words[place...].firstIndex(of: "port"),
            port + 1 < words.count
        {
            return (words[port + 1], named)
        }
        guard value("from") == nil, let short = words.dropFirst().first(where: { $0 != "in" && $0 != "on" }) else {
            throw PortNumbers.Flaw(reason: "it names no port: it is about all of them")
        }
        let parts = short.split(separator: "/", maxSplits: 1)
        let transport = parts.count == 2 ? Transport.allCases.first { $0.description == parts[1] } : nil
        return (parts.first.map(String.init) ?? "", transport)
    }

    /// `ufw allow OpenSSH`: a profile's name begins with a capital.
    private var profile: String? {
        words.count == 2 ? words.last.flatMap { $0.first?.isUppercase == true ? $0 : nil } : nil
    }
}
