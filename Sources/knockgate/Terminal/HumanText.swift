extension Duration {
    /// The duration for a person, in its two largest units, rounded down: `8.2 s`, `4 min 12 s`, `3 h 12 min`, `2 d 3 h`.
    var humanText: String {
        let tenths = max(0, Int64(self / .milliseconds(100)))
        let (seconds, minutes, hours) = (tenths / 10, tenths / 600, tenths / 36_000)
        if minutes == 0 { return "\(seconds).\(tenths % 10) s" }
        if hours == 0 { return "\(minutes) min \(seconds % 60) s" }
        return hours < 24 ? "\(hours) h \(minutes % 60) min" : "\(hours / 24) d \(hours % 24) h"
    }
}

extension BinaryInteger {
    /// The number in groups of three digits: `1,234,567`.
    var grouped: String {
        let digits = Array(String(magnitude).reversed())
        let groups = stride(from: 0, to: digits.count, by: 3).map { start in
            String(digits[start..<Swift.min(start + 3, digits.count)].reversed())
        }
        return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
    }

    /// The number with its word: `1 lease`, `1,200 leases`.
    func counted(_ word: String) -> String {
        "\(grouped) \(word)\(self == 1 ? "" : "s")"
    }
}

extension String {
    /// The text without characters that a terminal would obey.
    var printable: String {
        String(
            String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
        )
    }

    /// The text's first `width` characters; where something is left out, the last of them is `…`.
    func cut(to width: Int?) -> String {
        guard let width, count > width else { return self }
        return prefix(max(0, width - 1)) + (width > 0 ? "…" : "")
    }

    /// The text in lines of at most `width` characters, broken between words where there is room for one.
    func wrapped(to width: Int?) -> [String] {
        guard let width else { return [self] }
        var lines: [String] = []
        for word in split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// The text in a field of `width`, to the left.
    func left(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// The text in a field of `width`, to the right.
    func right(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
