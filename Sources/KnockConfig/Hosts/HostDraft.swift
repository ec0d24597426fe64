import KnockCore

/// A host as far as it could be read.
struct HostDraft {
    /// Where its section begins.
    let place: Place
    /// Nil when it can't be used.
    private let name: Token?
    private var keys = Keys<HostKey>()
    private var address: Token?
    private var sequence: KnockSequence?
    private var family: Placed<Address.Family?>?
    /// What the other keys change, in the order of the file.
    private var changes: [(inout KnownHost) -> Void] = []

    init(_ section: Section<HostSection>, name: Token?, findings: inout Findings) {
        place = section.place
        self.name = name
        for entry in section.entries {
            guard let (key, value) = keys.take(entry, findings: &findings) else { continue }
            do { try set(key, to: value, findings: &findings) } catch { findings.add(error) }
        }
        if !keys.mentioned.contains(.sequence) {
            findings.error("\(title) has no sequence: expected sequence = PORT PORT PORT", at: place)
        }
        reportWrongFamily(findings: &findings)
    }

    /// How a message calls it.
    var title: String { name.map { "host \($0.text)" } ?? "this host" }

    /// The host; nil without a name or a sequence. Whatever else of it couldn't be read was reported, so that no host
    /// comes of it.
    var host: KnownHost? {
        guard let name, let sequence else { return nil }
        var host = KnownHost(name: String(name.text), sequence: sequence)
        if let address { host.address = String(address.text) }
        host.family = family?.value
        for change in changes { change(&host) }
        return host
    }

    private mutating func set(_ key: HostKey, to value: Token, findings: inout Findings) throws(Finding) {
        let name = key.rawValue
        switch key {
        case .address: address = try value.hostAddress()
        case .sequence: sequence = value.knocks(name, findings: &findings).sequence
        case .closeSequence:
            let sequence = value.knocks(name, findings: &findings).sequence
            changes.append { $0.closeSequence = sequence }
        case .delay:
            let delay = try value.delay(name)
            changes.append { $0.delay = delay }
        case .family: family = Placed(value: try value.family(), place: value.place)
        case .verify:
            let port = try value.portToVerify()
            changes.append { $0.verify = port }
        }
    }

    /// An address in numbers is of one family, and looking it up in the other finds nothing.
    private func reportWrongFamily(findings: inout Findings) {
        guard let family, let wanted = family.value, let token = address ?? name,
            let address = Address(token.text.prefix { $0 != "%" }), address.family != wanted
        else { return }
        findings.error(
            "family is \(wanted.rawValue), but \(address) is an IPv\(address.family.rawValue) address", at: family.place
        )
    }
}

extension Token {
    fileprivate func hostAddress() throws(Finding) -> Token {
        guard KnownHost.canBeAddress(text) else {
            throw refused("an address is a host's name, or written 203.0.113.5 or 2001:db8::5, not \(quoted)")
        }
        return self
    }

    /// A pause, or none.
    fileprivate func delay(_ what: String) throws(Finding) -> Duration {
        if Duration(setting: text) == .zero { return .zero }
        return try duration(upTo: (.seconds(3600), "1h"), what)
    }

    /// Nil for `any`.
    fileprivate func family() throws(Finding) -> Address.Family? {
        switch lowercased {
        case "4": .ipv4
        case "6": .ipv6
        case "any": nil
        default: throw refused("family is 4, 6 or any, not \(quoted)")
        }
    }

    fileprivate func portToVerify() throws(Finding) -> Port {
        let port = try port()
        guard port.transport == .tcp else {
            throw refused("verify is a TCP port, which answers when it's open, not \(quoted)")
        }
        return port
    }
}
