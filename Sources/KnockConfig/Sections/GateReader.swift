import KnockCore

/// Reads the `[gate]` sections of one file after the other; what a later file says holds.
struct GateReader {
    /// All but the doors.
    private(set) var configuration = Configuration()
    /// The ports of `ignore`, and where they stand.
    private(set) var ignored: [Placed<Port>] = []

    /// Reads the sections of one file. A key may stand in it once, even when it has several `[gate]` sections.
    mutating func read(_ sections: [Section<ConfigurationSection>], findings: inout Findings) {
        var keys = Keys<GateKey>()
        for section in sections {
            guard case .gate? = section.kind else { continue }
            for entry in section.entries {
                guard let (key, value) = keys.take(entry, findings: &findings) else { continue }
                do { try set(key, to: value, findings: &findings) } catch { findings.add(error) }
            }
        }
    }

    private mutating func set(_ key: GateKey, to value: Token, findings: inout Findings) throws(Finding) {
        let name = key.rawValue
        switch key {
        case .queue: configuration.queue = UInt16(try value.number(in: 0...65535, name))
        case .queueLength: configuration.queueLength = try value.number(in: 1...65536, name)
        case .mark: configuration.mark = try value.bit()
        case .otherwise: configuration.rules.otherwise = try value.verdict(among: [.next, .drop, .accept], name)
        case .closed: configuration.rules.closed = try value.verdict(among: [.drop, .next], name)
        case .ignore: ignore(value, findings: &findings)
        case .allowFrom: allow(from: value, findings: &findings)
        case .ipv6SourcePrefix: configuration.rules.ipv6SourcePrefix = try value.number(in: 1...128, name)
        case .visits: configuration.rules.visitCapacity = try value.number(in: 1...16_777_216, name)
        case .leases: configuration.rules.leaseCapacity = try value.number(in: 1...1_048_576, name)
        }
    }

    private mutating func ignore(_ value: Token, findings: inout Findings) {
        let list = PlacedList(value, atMost: 1024, ("ignore", "ports"), findings: &findings) {
            (word) throws(Finding) in try word.port()
        }
        ignored = list.items
        configuration.rules.ignore = Set(list.distinct(findings: &findings))
    }

    private mutating func allow(from value: Token, findings: inout Findings) {
        let list = PlacedList(value, atMost: 1024, ("allow_from", "networks"), findings: &findings) {
            (word) throws(Finding) in try word.network()
        }
        for network in list.items where network.value.prefixLength == 0 {
            findings.warning("this admits everyone at every door, without a knock", at: network.place)
        }
        for word in value.words { word.warnOfHostBits(findings: &findings) }
        configuration.rules.allowFrom = list.distinct(findings: &findings)
    }
}

extension Token {
    /// `192.168.1.7/24` can only mean the network around that address; but a single address may have been meant.
    fileprivate func warnOfHostBits(findings: inout Findings) {
        guard let network = Network(String(text)), let (address, _) = cut(where: { $0 == "/" }),
            Address(address.text) != network.address
        else { return }
        findings.warning("this is read as \(network)", at: place)
    }
}
