import KnockCore

/// Port numbers as firewalls write them: `22`, `80,443`, `1000:1003`, `6000-6007`, `ssh`.
struct PortNumbers: Equatable {
    let numbers: [UInt16]

    /// As many as a door protects.
    static let most = 64

    /// Why they can't be told.
    struct Flaw: Error, Equatable {
        let reason: String
    }

    init(_ text: some StringProtocol) throws(Flaw) {
        var numbers: [UInt16] = []
        for word in Substring(text).split(whereSeparator: { $0 == "," || $0 == " " }) {
            let ends = word.split(whereSeparator: { $0 == ":" || $0 == "-" }).map { PortNumbers.number($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last, first > 0
            else {
                // A name may have a hyphen in it.
                guard let named = PortNumbers.number(word) else {
                    throw Flaw(reason: "\(word.quoted) is no port known here")
                }
                numbers.append(named)
                continue
            }
            guard Int(last) - Int(first) < PortNumbers.most else {
                throw Flaw(reason: "\(word.quoted) is more than the \(PortNumbers.most) ports that a door can protect")
            }
            numbers += Array(first...last)
            guard numbers.count <= PortNumbers.most else {
                throw Flaw(reason: "it names more than the \(PortNumbers.most) ports that a door can protect")
            }
        }
        guard !numbers.isEmpty else { throw Flaw(reason: "it names no port") }
        self.numbers = numbers
    }

    func ports(_ transports: [Transport]) -> [Port] {
        numbers.flatMap { number in transports.map { Port(number, $0) } }
    }

    private static func number(_ word: Substring) -> UInt16? {
        if word.utf8.allSatisfy({ (48...57).contains($0) }) { return UInt16(word) }
        return services[word.lowercased()]
    }

    /// The name by which a port is known, for a door.
    static func name(of number: UInt16) -> String? { services.filter { $0.value == number }.map(\.key).min() }

    /// Those of /etc/services that people hide.
    private static let services: [String: UInt16] = [
        "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "http": 80, "pop3": 110, "imap2": 143,
        "snmp": 161,
        "ldap": 389, "https": 443, "submissions": 465, "submission": 587, "ldaps": 636, "rsync": 873, "imaps": 993,
        "pop3s": 995, "openvpn": 1194, "mysql": 3306, "ms-wbt-server": 3389, "postgresql": 5432, "http-alt": 8080,
    ]
}
