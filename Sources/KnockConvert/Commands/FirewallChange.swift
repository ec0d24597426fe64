import KnockCore

/// What one command does to a firewall, as far as that can be told from its words.
struct FirewallChange: Equatable {
    enum Effect: Equatable {
        case opens
        case closes
    }

    var effect: Effect
    /// Empty when they can't be told.
    var ports: [Port] = []
    /// Why the ports can't be told.
    var puzzle: String?
    /// What a door does otherwise than this command.
    var differences: [String] = []

    static func puzzle(_ effect: Effect, _ reason: String) -> FirewallChange {
        FirewallChange(effect: effect, puzzle: reason)
    }
}

/// What one command of a shell line is, to a door.
enum CommandMeaning: Equatable {
    case change(FirewallChange)
    /// `sleep 30`.
    case wait(seconds: Int)
    /// It looks at the firewall, or at nothing, and changes nothing.
    case nothing
    /// It has nothing to do with a firewall.
    case foreign

    init(_ words: [String]) {
        guard let program = words.first?.programName else {
            self = .nothing
            return
        }
        let arguments = words.dropFirst()
        switch program {
        case "iptables", "ip6tables", "iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy":
            self = IptablesCommand(arguments).meaning
        case "nft": self = NftCommand(arguments).meaning
        case "ufw": self = UfwCommand(arguments).meaning
        case "firewall-cmd": self = FirewalldCommand(arguments).meaning
        case "knock_add", "knock_helper_ipt.sh": self = KnockAddCommand(arguments).meaning
        case "ipset": self = CommandMeaning.ipset(arguments)
        case "sleep": self = .wait(seconds: max(0, arguments.first?.leadingNumber ?? 0))
        case "true", "false", ":", "exit", "[", "[[", "test": self = .nothing
        default: self = .foreign
        }
    }

    private static func ipset(_ arguments: ArraySlice<String>) -> CommandMeaning {
        let words = arguments.filter { !$0.hasPrefix("-") || ["-A", "-D"].contains($0) }
        switch words.first {
        case "add", "-A": return .change(.puzzle(.opens, "the ports stand in the rule that asks for this set"))
        case "del", "-D": return .change(.puzzle(.closes, "the ports stand in the rule that asks for this set"))
        default: return .foreign
        }
    }
}

/// A shell command of a knockd.conf, read as what it does to the firewall.
struct CommandReading {
    private(set) var changes: [FirewallChange] = []
    /// The commands that aren't a firewall's.
    private(set) var foreign: [String] = []
    /// How long it waits between opening and closing again.
    private(set) var openFor: Int?

    init(_ text: String?) {
        guard let text else { return }
        var pause: Int?
        for words in ShellLine(text).commands {
            switch CommandMeaning(words) {
            case .change(let change):
                if change.effect == .closes, let seconds = pause, !opened.isEmpty { openFor = openFor ?? seconds }
                changes.append(change)
            case .wait(let seconds): pause = Swift.min((pause ?? 0) + seconds, Int(Int32.max))
            case .nothing: break
            case .foreign: foreign.append(words.joined(separator: " ").commentable)
            }
        }
    }

    /// The ports that it opens, or closes.
    func ports(_ effect: FirewallChange.Effect) -> [Port] {
        changes.filter { $0.effect == effect }.flatMap(\.ports).distinct
    }

    var opened: [Port] { ports(.opens) }
    var closed: [Port] { ports(.closes) }

    func does(_ effect: FirewallChange.Effect) -> Bool { changes.contains { $0.effect == effect } }

    /// Why the ports of its changes can't be told.
    func puzzles(_ effect: FirewallChange.Effect) -> [String] {
        changes.filter { $0.effect == effect }.compactMap(\.puzzle).distinct
    }

    var differences: [String] { changes.filter { $0.effect == .opens }.flatMap(\.differences).distinct }
}
