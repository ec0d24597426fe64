import KnockCore

/// Reads the words of one rule, behind `-A CHAIN`: iptables(8) and iptables-extensions(8).
struct RecentRuleReader {
    private(set) var rule: RecentRule
    private var match = ""
    private var isInverted = false
    private var recent: RecentMatch?

    init(_ words: ArraySlice<String>, line: Int, text: String) throws(Complaint) {
        rule = RecentRule(line: line, text: text)
        var words = words
        while let word = words.popFirst() {
            if word == "!" {
                isInverted = true
                continue
            }
            if recent == nil || !takeRecent(word, &words) { try option(word, &words) }
            isInverted = false
        }
        endRecent()
    }

    private mutating func option(_ option: String, _ words: inout ArraySlice<String>) throws(Complaint) {
        switch option {
        case "-m", "--match": begin(words.popFirst() ?? "")
        case "-p", "--protocol": add(transport: words.popFirst() ?? "")
        case "--dport", "--dports", "--destination-port", "--destination-ports": try add(ports: words.popFirst() ?? "")
        case "-s", "--source": addSource(words.popFirst() ?? "")
        case "-i", "--in-interface": addInterface(words.popFirst() ?? "")
        case "--ctstate", "--state": addState(words.popFirst() ?? "")
        case "-j", "--jump": target(words.popFirst() ?? "", &words, isGoto: false)
        case "-g", "--goto": target(words.popFirst() ?? "", &words, isGoto: true)
        case "--tcp-flags":
            let (mask, flags) = (words.popFirst(), words.popFirst())
            rule.matches.append(.fixed(RecentRuleReader.matchesFirstPacket(mask ?? "", flags ?? "") != isInverted))
        case "--syn": rule.matches.append(.fixed(!isInverted))
        case "-d", "--destination": addDestination(words.popFirst() ?? "")
        case "--limit": rule.passedOver.append("--limit \((words.popFirst() ?? "").commentable)")
        case "--comment", "--limit-burst": _ = words.popFirst()
        case "-c", "--set-counters": words = words.dropFirst(2)
        default:
            let value = words.prefix { !$0.hasPrefix("-") && $0 != "!" }
            words = words.dropFirst(value.count)
            rule.matches.append(.unknown(option.commentable))
        }
    }

    /// Whether a connection's first packet, a SYN, has these flags.
    private static func matchesFirstPacket(_ mask: String, _ flags: String) -> Bool {
        let looksAtSYN = mask.split(separator: ",").contains { $0 == "SYN" || $0 == "ALL" }
        return flags == (looksAtSYN ? "SYN" : "NONE")
    }

    private mutating func begin(_ name: String) {
        endRecent()
        match = name
        switch name {
        case "recent": recent = RecentMatch()
        case "tcp", "udp", "multiport", "conntrack", "state", "comment", "limit": break
        default: rule.matches.append(.unknown("-m \(name.commentable)"))
        }
    }

    private mutating func add(transport name: String) {
        switch name.lowercased() {
        case _ where isInverted: rule.matches.append(.unknown("! -p \(name.commentable)"))
        case "tcp", "6": rule.matches.append(.transport(.tcp))
        case "udp", "17": rule.matches.append(.transport(.udp))
        case "all", "0": break
        default: rule.matches.append(.fixed(false))
        }
    }

    private mutating func add(ports text: String) throws(Complaint) {
        do {
            rule.matches.append(.ports(Set(try PortNumbers(text).numbers), isInverted: isInverted))
        } catch {
            // A range of many ports is no knock; it may well be what everyone may reach.
            if text.contains(":"), !error.reason.contains("no port") {
                rule.matches.append(.unknown("--dport \(text.commentable)"))
            } else {
                throw Complaint(line: rule.line, "can't read this rule: \(error.reason)")
            }
        }
    }

    private mutating func addSource(_ text: String) {
        if !isInverted { rule.matches.append(.sources(text)) }
    }

    private mutating func addInterface(_ name: String) {
        rule.matches.append(.fixed((name != "lo") != isInverted))
        if name != "lo" { rule.passedOver.append("\(isInverted ? "! " : "")-i \(name.commentable)") }
    }

    private mutating func addDestination(_ text: String) {
        if isInverted { rule.passedOver.append("! -d \(text.commentable)") } else { rule.destination = text }
    }

    private mutating func addState(_ text: String) {
        rule.matches.append(.fixed(text.split(separator: ",").contains("NEW") != isInverted))
    }

    private mutating func target(_ name: String, _ words: inout ArraySlice<String>, isGoto: Bool) {
        words = []
        switch name {
        case "ACCEPT": rule.target = .accept
        case "DROP", "REJECT", "TARPIT", "QUEUE", "NFQUEUE": rule.target = .drop
        case "RETURN": rule.target = .leave
        default: rule.target = .chain(name, isGoto: isGoto)
        }
    }

    /// Takes an option of the match `recent`; false when it's another's.
    private mutating func takeRecent(_ option: String, _ words: inout ArraySlice<String>) -> Bool {
        switch option {
        case "--set": act(.set)
        case "--rcheck": act(.check)
        case "--update": act(.update)
        case "--remove": act(.remove)
        case "--name": recent?.list = words.popFirst() ?? ""
        case "--seconds": recent?.seconds = max(0, (words.popFirst() ?? "").leadingNumber)
        case "--hitcount": recent?.hits = min(max(1, (words.popFirst() ?? "").leadingNumber), 255)
        case "--rsource", "--reap", "--rttl": break
        case "--mask":
            let mask = words.popFirst() ?? ""
            if !["255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"].contains(mask.lowercased()) {
                recent?.oddity = "it counts whole networks as one source (--mask \(mask.commentable))"
            }
        case "--rdest": recent?.oddity = "it lists destinations, not sources (--rdest)"
        default: return false
        }
        return true
    }

    private mutating func act(_ action: RecentMatch.Action) {
        recent?.action = action
        if isInverted { recent?.isInverted = true }
    }

    private mutating func endRecent() {
        if let recent { rule.matches.append(.recent(recent)) }
        recent = nil
    }
}
