import KnockCore

/// knockd's own helper, `knock_add -i -c INPUT -p tcp -d 443 -f %IP%`, which Debian calls knock_helper_ipt.sh.
struct KnockAddCommand {
    private var effect: FirewallChange.Effect?
    private var port: String?
    private var transport: Transport? = .tcp
    private var namesSource = false

    init(_ arguments: ArraySlice<String>) {
        var words = arguments
        while let word = words.popFirst() {
            switch word {
            case "-a", "--append", "-i", "--insert": effect = .opens
            case "-x", "--delete": effect = .closes
            case "-d", "--dstport": port = words.popFirst()
            case "-p", "--proto":
                let name = words.popFirst()?.lowercased()
                transport = Transport.allCases.first { $0.description == name }
            case "-f", "--srcaddr": namesSource = words.popFirst()?.contains("%IP%") ?? false
            case "-c", "--chain": _ = words.popFirst()
            case "-t", "--test": effect = nil
            default: break
            }
        }
    }

    var meaning: CommandMeaning {
        guard let effect else { return .foreign }
        guard let transport else { return .change(.puzzle(effect, "a door protects TCP and UDP ports")) }
        guard let port, let numbers = try? PortNumbers(port) else {
            return .change(.puzzle(effect, "it names no port (-d)"))
        }
        let differences = namesSource ? [] : ["the rule isn't for %IP%, the door is for whoever has knocked"]
        return .change(FirewallChange(effect: effect, ports: numbers.ports([transport]), differences: differences))
    }
}
