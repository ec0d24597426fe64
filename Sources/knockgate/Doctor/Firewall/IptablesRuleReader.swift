import KnockCore

/// Reads the words of one rule of iptables-save, after `-A CHAIN`: iptables(8) and iptables-extensions(8).
struct IptablesRuleReader {
    private(set) var rule: FirewallRule
    /// The match that options belong to.
    private var match = ""
    private var isInverted = false

    init(_ rule: FirewallRule) { self.rule = rule }

    mutating func read(_ words: ArraySlice<String>) {
        var words = words
        while let word = words.popFirst() {
            if word == "!" {
                isInverted = true
            } else {
                option(word, &words)
                isInverted = false
            }
        }
    }

    private mutating func option(_ option: String, _ words: inout ArraySlice<String>) {
        switch option {
        case "-j", "--jump": target(words.popFirst() ?? "", &words, isGoto: false)
        case "-g", "--goto": target(words.popFirst() ?? "", &words, isGoto: true)
        case "-m", "--match": begin(words.popFirst() ?? "")
        case "-p", "--protocol": add(.protocols([IptablesRuleReader.name(of: words.popFirst() ?? "")]))
        case "-s", "--source": add(.someSources, skipping: &words)
        case "-d", "--destination": add(.somePackets, skipping: &words)
        case "-i", "--in-interface": add(.interface(words.popFirst() ?? ""))
        case "--dport", "--dports": add(.ports(IptablesRuleReader.ports(words.popFirst() ?? "")))
        case "--sport", "--sports": add(.somePackets, skipping: &words)
        case "--ctstate", "--state": add(.states(IptablesRuleReader.list(words.popFirst() ?? "")))
        case "--mark" where match == "mark": mark(words.popFirst() ?? "")
        case "--tcp-flags": flags(words.popFirst() ?? "", words.popFirst() ?? "")
        case "--syn": add(.flags(.syn, mask: [.fin, .syn, .rst, .ack]))
        case "--dst-type": add(.destinations(IptablesRuleReader.list((words.popFirst() ?? "").lowercased())))
        case "--src-type": add(.someSources, skipping: &words)
        case "--comment": _ = words.popFirst()
        default: unknown(&words)
        }
    }

    /// A match that has begun; those whose options aren't read here take some packets by themselves.
    private mutating func begin(_ name: String) {
        match = name
        switch name {
        case "tcp", "udp", "conntrack", "state", "mark", "multiport", "comment", "addrtype": break
        case "limit", "pkttype", "time", "connlimit", "statistic", "physdev", "length", "connmark":
            add(.somePackets)
        default: add(.someSources)
        }
    }

    private mutating func unknown(_ words: inout ArraySlice<String>) {
        // Options of matches that begin() told apart already are passed over with their values.
        if ["tcp", "udp", "conntrack", "state", "multiport"].contains(match) { rule.conditions.append(.somePackets) }
        while let word = words.first, word != "!", !word.hasPrefix("-") { words.removeFirst() }
    }

    private mutating func add(_ condition: Condition) {
        rule.conditions.append(isInverted ? .not(condition) : condition)
    }

    private mutating func add(_ condition: Condition, skipping words: inout ArraySlice<String>) {
        _ = words.popFirst()
        add(condition)
    }

    private mutating func mark(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let value = parts.first.flatMap({ UInt32(number: $0) }) else { return add(.somePackets) }
        guard parts.count == 2 else { return add(.mark(value, mask: .max)) }
        guard let mask = UInt32(number: parts[1]) else { return add(.somePackets) }
        add(.mark(value, mask: mask))
    }

    private mutating func flags(_ mask: String, _ value: String) {
        add(.flags(TCPFlags(names: value), mask: TCPFlags(names: mask)))
    }

    /// The target, and its options to the end of the line.
    private mutating func target(_ name: String, _ words: inout ArraySlice<String>, isGoto: Bool) {
        let options = words
        words = []
        switch name {
        case "ACCEPT": rule.target = .accept
        case "DROP", "REJECT": rule.target = .drop
        case "RETURN": rule.target = .leave
        case "NFQUEUE":
            rule.target = .queue(IptablesRuleReader.queues(options), bypass: options.contains("--queue-bypass"))
        // Targets that are extensions let the packet go on, and no chain has their name.
        default: rule.target = isGoto ? .goto(name) : .jump(name)
        }
    }

    private static func queues(_ options: ArraySlice<String>) -> ClosedRange<UInt16> {
        guard let place = options.firstIndex(where: { $0 == "--queue-num" || $0 == "--queue-balance" }),
            place + 1 < options.endIndex, let range = range(options[place + 1][...])
        else { return 0...0 }  // iptables-extensions(8): the default is queue 0.
        return range
    }

    private static func name(of number: String) -> String {
        switch number {
        case "6": "tcp"
        case "17": "udp"
        default: number
        }
    }

    private static func list(_ text: String) -> Set<String> { Set(text.split(separator: ",").map(String.init)) }

    private static func ports(_ text: String) -> [ClosedRange<UInt16>] { text.split(separator: ",").compactMap(range) }

    /// Reads `22` or `80:90`.
    private static func range(_ text: Substring) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt16($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else { return nil }
        return first...last
    }
}

extension UInt32 {
    /// Reads a number as C writes it: `0x1000` or `4096`.
    init?(number: some StringProtocol) {
        let isHexadecimal = number.hasPrefix("0x") || number.hasPrefix("0X")
        self.init(isHexadecimal ? number.dropFirst(2).lowercased() : String(number), radix: isHexadecimal ? 16 : 10)
    }
}

extension TCPFlags {
    /// Reads flags as iptables and nft write them: `FIN,SYN`, `fin | syn`, `NONE`, `ALL`.
    init(names: String) {
        let all: [(String, TCPFlags)] = [
            ("fin", .fin), ("syn", .syn), ("rst", .rst), ("psh", .psh), ("ack", .ack), ("urg", .urg),
        ]
        let words = names.lowercased().split { ", |()".contains($0) }
        self = words.contains("all") ? [.fin, .syn, .rst, .psh, .ack, .urg] : []
        for (name, flag) in all where words.contains(name[...]) { insert(flag) }
    }
}
