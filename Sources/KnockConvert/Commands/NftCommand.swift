import KnockCore

/// `nft add rule inet filter input ip saddr %IP% tcp dport 22 accept`, read as what it opens or closes (nft(8)).
struct NftCommand {
    /// All words; braces and semicolons are words of their own.
    private let words: [String]

    init(_ arguments: ArraySlice<String>) {
        var text = arguments.joined(separator: " ")
        for mark in ["{", "}", ",", ";"] {
            text = text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: " \(mark) ")
        }
        words = text.split(separator: " ").map(String.init).drop { $0.hasPrefix("-") }.map { $0 }
    }

    var meaning: CommandMeaning {
        let verbs = words.prefix(2)
        switch (verbs.first, verbs.last) {
        case ("add", "rule"), ("insert", "rule"): return rule(adds: true)
        case ("delete", "rule"): return rule(adds: false)
        case ("add", "element"): return .change(.puzzle(.opens, "the ports stand in the rule that asks for this set"))
        case ("delete", "element"):
            return .change(.puzzle(.closes, "the ports stand in the rule that asks for this set"))
        case ("list", _), ("-a", _): return .nothing
        default: return .foreign
        }
    }

    private func rule(adds: Bool) -> CommandMeaning {
        if !adds, words.contains("handle") { return .change(.puzzle(.closes, "a rule is deleted by its handle")) }
        guard let verdict = words.last(where: { ["accept", "drop", "reject"].contains($0) }) else { return .foreign }
        let effect: FirewallChange.Effect = (verdict == "accept") == adds ? .opens : .closes
        guard let place = words.firstIndex(of: "dport"), place > 0 else {
            return .change(.puzzle(effect, "it names no port (dport): it is about all of them"))
        }
        do {
            var change = FirewallChange(effect: effect)
            change.ports = try PortNumbers(value(behind: place)).ports(try transports(words[place - 1]))
            change.differences = differences
            return .change(change)
        } catch {
            return .change(.puzzle(effect, error.reason))
        }
    }

    /// The words of a set, or the one word, behind a key.
    private func value(behind place: Int) throws(PortNumbers.Flaw) -> String {
        let rest = words[(place + 1)...]
        guard let first = rest.first else { throw PortNumbers.Flaw(reason: "it names no port") }
        guard first != "!=" else { throw PortNumbers.Flaw(reason: "it is about all ports but some") }
        guard first == "{" else { return first }
        return rest.dropFirst().prefix { $0 != "}" }.joined(separator: " ")
    }

    private func transports(_ word: String) throws(PortNumbers.Flaw) -> [Transport] {
        switch word {
        case "tcp": return [.tcp]
        case "udp": return [.udp]
        case "th":
            return Transport.allCases.filter { words.contains($0.description) }.isEmpty
                ? [.tcp, .udp] : Transport.allCases.filter { words.contains($0.description) }
        default: throw PortNumbers.Flaw(reason: "a door protects TCP and UDP ports")
        }
    }

    private var differences: [String] {
        var differences: [String] = []
        for key in ["iif", "iifname", "daddr", "sport"] where words.contains(key) {
            let value = words.firstIndex(of: key).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil } ?? ""
            differences.append(
                "the rule holds for \(key) \(value.commentable) only, the door for every packet to its ports")
        }
        if !words.contains(where: { $0.contains("%IP%") }) {
            differences.append("the rule is for everyone (no saddr %IP%), the door for whoever has knocked")
        }
        return differences
    }
}
