extension Token {
    /// A duration from 1 ms to `most`.
    func duration(upTo most: (Duration, name: String), _ what: String) throws(Finding) -> Duration {
        guard let duration = Duration(setting: text) else {
            throw refused("\(what) is written 15s, 2m, 1h30m or 500ms, not \(quoted)")
        }
        guard (.milliseconds(1)...most.0).contains(duration) else {
            throw refused("\(what) is 1ms to \(most.name), not \(quoted)")
        }
        return duration
    }
}

extension Duration {
    /// Reads a duration as settings write it: `15s`, `1h30m`, `1h 30m`, `0.5`, `500ms`; a bare number is in seconds.
    ///
    /// One beyond 64 bits of nanoseconds (292 years) is held to that; nil for anything else.
    public init?(setting text: some StringProtocol) {
        guard let nanoseconds = Duration.nanoseconds(Substring(text)) else { return nil }
        self = .nanoseconds(Int64(clamping: nanoseconds))
    }

    private static func nanoseconds(_ text: Substring) -> Int128? {
        if let seconds = Decimal(text) { return seconds.times(1_000_000_000) }
        var rest = text
        guard !rest.isEmpty else { return nil }
        var sum: Int128 = 0
        while !rest.isEmpty {
            let number = rest.prefix { !$0.isLetter }
            let unit = rest.dropFirst(number.count).prefix(while: \.isLetter)
            guard let number = Decimal(number), let length = nanosecondsOfUnit[String(unit)] else { return nil }
            sum += number.times(length)
            rest = rest[unit.endIndex...].drop(while: \.isBlank)
        }
        return sum
    }
}

/// The units of systemd.time(7) up to days, as far as they are in everyday use.
private let nanosecondsOfUnit: [String: Int128] = [
    "ms": 1_000_000, "s": 1_000_000_000, "sec": 1_000_000_000, "m": 60_000_000_000, "min": 60_000_000_000,
    "h": 3_600_000_000_000, "d": 86_400_000_000_000,
]

/// `12` or `0.5`: a number without a sign, with at most nine digits on either side of its point.
private struct Decimal {
    private let whole: Int128
    private let fraction: Int128
    /// What one whole is in the fraction's digits: 10 for `0.5`.
    private let scale: Int128

    init?(_ text: Substring) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ (1...9).contains($0.count) && $0.allSatisfy(\.isDigit) }),
            let whole = Int128(parts[0]), let fraction = Int128(parts.count == 2 ? parts[1] : "0")
        else { return nil }
        (self.whole, self.fraction) = (whole, fraction)
        scale = (0..<(parts.count == 2 ? parts[1].count : 0)).reduce(1) { scale, _ in scale * 10 }
    }

    func times(_ unit: Int128) -> Int128 {
        whole * unit + fraction * unit / scale
    }
}

extension Character {
    fileprivate var isDigit: Bool { isASCII && isNumber }
}
