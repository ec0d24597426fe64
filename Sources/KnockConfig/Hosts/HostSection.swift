/// A section of hosts.conf.
enum HostSection: SectionKind {
    /// `[host bastion]`; without its name when that can't be used, which was reported.
    case host(name: Token?)

    enum Word: String, CaseIterable {
        case host
    }

    static let headers = [HostKey.section]

    init(_: Word, _ rest: Token, findings: inout Findings) {
        self = .host(name: findings.attempt { () throws(Finding) in try rest.hostName() })
    }
}

extension Token {
    fileprivate func hostName() throws(Finding) -> Token {
        guard KnownHost.canBeNamed(text) else {
            throw refused(
                "a host's name is made of letters, digits, \".\", \"_\", \"-\" and \":\", and begins with no \"-\", "
                    + "not \(quoted)")
        }
        return self
    }
}
