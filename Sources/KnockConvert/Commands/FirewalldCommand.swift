import KnockCore

/// `firewall-cmd --add-rich-rule='rule family="ipv4" source address="%IP%" port port="22" protocol="tcp" accept'`, or
/// `--add-port=22/tcp`, read as what it opens or closes (firewall-cmd(1), firewalld.richlanguage(5)).
struct FirewalldCommand {
    private var options: [(name: String, value: String)] = []

    init(_ arguments: ArraySlice<String>) {
        var words = arguments
        while let word = words.popFirst() {
            if let equals = word.firstIndex(of: "=") {
                options.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
            } else if let value = words.first, !value.hasPrefix("-") {
                options.append((word, value))
                words.removeFirst()
            } else {
                options.append((word, ""))
            }
        }
    }

    var meaning: CommandMeaning {
        for (name, value) in options {
            switch name {
            case "--add-rich-rule": return .change(rich(value, adds: true))
            case "--remove-rich-rule": return .change(rich(value, adds: false))
            case "--add-port": return .change(port(value, .opens))
            case "--remove-port": return .change(port(value, .closes))
            case "--add-service": return .change(service(value, .opens))
            case "--remove-service": return .change(service(value, .closes))
            case "--add-source":
                return .change(.puzzle(.opens, "the ports stand in the zone that the source is put into"))
            case "--remove-source":
                return .change(.puzzle(.closes, "the ports stand in the zone that the source was in"))
            case "--reload", "--list-all", "--state": return .nothing
            default: break
            }
        }
        return .foreign
    }

    private static let forEveryone = "the rule is for everyone, the door for whoever has knocked"

    private func port(_ value: String, _ effect: FirewallChange.Effect) -> FirewallChange {
        let parts = value.split(separator: "/")
        guard parts.count == 2, let transport = Transport.allCases.first(where: { $0.description == parts[1] }),
            let numbers = try? PortNumbers(parts[0])
        else { return .puzzle(effect, "\(value.quoted) is no port known here") }
        return FirewallChange(
            effect: effect, ports: numbers.ports([transport]), differences: [FirewalldCommand.forEveryone])
    }

    private func service(_ value: String, _ effect: FirewallChange.Effect) -> FirewallChange {
        guard let numbers = try? PortNumbers(value) else {
            return .puzzle(effect, "the ports stand in the service \(value.quoted)")
        }
        return FirewallChange(effect: effect, ports: numbers.ports([.tcp]), differences: [FirewalldCommand.forEveryone])
    }

    private func rich(_ rule: String, adds: Bool) -> FirewallChange {
        let text = String(String.UnicodeScalarView(rule.unicodeScalars.map { $0 == "\"" || $0 == "'" ? " " : $0 }))
        let words = text.split(separator: " ").map(String.init)
        let accepts = words.contains("accept")
        guard accepts || words.contains("drop") || words.contains("reject") else {
            return .puzzle(adds ? .opens : .closes, "the rule neither accepts nor drops")
        }
        let effect: FirewallChange.Effect = accepts == adds ? .opens : .closes
        var change: FirewallChange
        if let number = FirewalldCommand.value("port=", words) {
            change = port("\(number)/\(FirewalldCommand.value("protocol=", words) ?? "")", effect)
        } else if words.contains("service"), let name = FirewalldCommand.value("name=", words) {
            change = service(name, effect)
        } else {
            return .puzzle(effect, "it names no port: it is about all of them")
        }
        if rule.contains("%IP%") { change.differences = [] }
        return change
    }

    private static func value(_ key: String, _ words: [String]) -> String? {
        guard let place = words.firstIndex(where: { $0.hasPrefix(key) }) else { return nil }
        if words[place].count > key.count { return String(words[place].dropFirst(key.count)) }
        return place + 1 < words.count ? words[place + 1] : nil
    }
}
