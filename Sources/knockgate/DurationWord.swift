import ArgumentParser

extension Duration {
    /// Reads a duration as the configuration writes it: `15s`, `1h30m`, `0.5h`, `500ms`; a bare number is in seconds.
    static func argument(_ text: String) throws -> Duration {
        guard let duration = Duration(word: text), duration >= .milliseconds(1) else {
            throw ValidationError("a duration is written 15s, 5m, 1h30m or 500ms, and is at least 1ms, not \"\(text)\"")
        }
        return duration
    }

    /// Nil for anything but numbers of at most nine digits with units behind them, or one number alone.
    private init?(word: String) {
        guard !word.isEmpty else { return nil }
        self = .zero
        var rest = word[...]
        while !rest.isEmpty {
            let number = rest.prefix { !$0.isLetter }
            let unit = rest[number.endIndex...].prefix { $0.isLetter }
            let isAlone = number.endIndex == word.endIndex && number.startIndex == word.startIndex
            guard let length = isAlone ? .seconds(1) : Duration.units[String(unit)],
                let part = Duration(decimal: number, times: length)
            else { return nil }
            self += part
            rest = rest[unit.endIndex...]
        }
    }

    /// `decimal` is `12` or `0.5`, with up to nine digits on either side of its point.
    private init?(decimal: Substring, times unit: Duration) {
        let parts = decimal.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ (1...9).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let whole = parts.first.flatMap({ Int($0) })
        else { return nil }
        self = unit * whole
        guard parts.count == 2, let fraction = Int(parts[1]) else { return }
        self += unit * fraction / parts[1].utf8.reduce(1) { scale, _ in scale * 10 }
    }

    /// The units of systemd.time(7) up to days, as far as they are in everyday use.
    private static let units: [String: Duration] = [
        "ms": .milliseconds(1), "s": .seconds(1), "sec": .seconds(1), "m": .seconds(60), "min": .seconds(60),
        "h": .seconds(3_600), "d": .seconds(86_400),
    ]
}
