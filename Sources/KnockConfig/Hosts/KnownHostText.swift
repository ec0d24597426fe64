internal import KnockCore

extension KnownHost {
    /// The section of hosts.conf that says all this; read back, it's the same host. It's as secret as its sequences.
    public var section: String {
        var lines = ["[host \(name)]", "address = \(address)", "sequence = \(sequence.text)"]
        if let closeSequence { lines.append("close_sequence = \(closeSequence.text)") }
        if delay > .zero { lines.append("delay = \(delay.setting)") }
        if let family { lines.append("family = \(family.rawValue)") }
        if let verify { lines.append("verify = \(verify)") }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension KnockSequence {
    fileprivate var text: String { knocks.map(\.description).joined(separator: " ") }
}

extension Duration {
    /// `50ms`, or seconds with nine decimals.
    fileprivate var setting: String {
        let (milliseconds, rest) = wholeNanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        guard rest != 0 else { return "\(milliseconds)ms" }
        let (seconds, fraction) = wholeNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return "\(seconds)." + String(String(1_000_000_000 + fraction).dropFirst())
    }
}
