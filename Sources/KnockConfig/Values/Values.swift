import KnockCore

// Values of one word. Each is read into a type that can't be wrong, or refused with what was expected.

extension Token {
    /// A whole number in decimal digits. `what` begins the refusal: `visits is 1 to 16777216, not "0"`.
    func number(in range: ClosedRange<Int>, _ what: String) throws(Finding) -> Int {
        guard let number = wholeNumber, range.contains(number) else {
            throw refused("\(what) is \(range.lowerBound) to \(range.upperBound), not \(quoted)")
        }
        return number
    }

    private var wholeNumber: Int? { text.utf8.allSatisfy(\.isDigit) ? Int(text) : nil }

    /// A number with exactly one bit set, in decimal or, behind `0x`, in hexadecimal digits.
    func bit() throws(Finding) -> UInt32 {
        let isHex = lowercased.hasPrefix("0x")
        let digits = isHex ? text.dropFirst(2) : text
        guard digits.first != "+", let bits = UInt32(digits, radix: isHex ? 16 : 10), bits.nonzeroBitCount == 1 else {
            throw refused("mark is a single bit such as 0x1000, not \(quoted)")
        }
        return bits
    }

    /// One of some verdicts by its name.
    func verdict(among verdicts: [Verdict], _ what: String) throws(Finding) -> Verdict {
        guard let verdict = verdicts.first(where: { $0.description == lowercased }) else {
            throw refused("\(what) is \(verdicts.map(\.description).joined(separator: " or ")), not \(quoted)")
        }
        return verdict
    }

    /// A number of connections, or nil for `unlimited`.
    func connections() throws(Finding) -> Int? {
        if lowercased == "unlimited" { return nil }
        guard let number = wholeNumber, (1...Door.mostConnections).contains(number) else {
            throw refused("connections is 1 to \(Door.mostConnections), or unlimited, not \(quoted)")
        }
        return number
    }

    /// `22/tcp`, knockd's `22:tcp`, or a bare `22`, which is TCP.
    func port() throws(Finding) -> Port {
        guard let (digits, transport) = cut(where: { $0 == "/" || $0 == ":" }) else {
            return Port(try portNumber(), .tcp)
        }
        let number = try digits.portNumber()
        guard let known = Transport.allCases.first(where: { $0.description == transport.lowercased }) else {
            throw transport.refused("a port's protocol is tcp or udp, not \(transport.quoted)")
        }
        return Port(number, known)
    }

    private func portNumber() throws(Finding) -> UInt16 {
        UInt16(try number(in: 1...65535, "a port"))
    }

    func address() throws(Finding) -> Address {
        guard let address = Address(text) else {
            throw refused("an address is written 203.0.113.5 or 2001:db8::5, not \(quoted)")
        }
        return address
    }

    /// An address, or a network with the length of its prefix.
    func network() throws(Finding) -> Network {
        guard let network = Network(String(text)) else {
            throw refused("a network is written 192.168.1.0/24 or 2001:db8::/32, not \(quoted)")
        }
        return network
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (48...57).contains(self) }
}
