internal import KnockCore

/// Names as words of a line: bytes up to the space, DEL and `%` stand as `%20`, in the manner of RFC 3986, section 2.1.
enum Word {
    /// Appends `text` so that it holds no space and no newline.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            if byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "%") {
                bytes += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 0xF)]
            } else {
                bytes.append(byte)
            }
        }
    }

    /// The text that stands in `word`; nil for a `%` without two hexadecimal digits, or bytes that aren't UTF-8.
    static func text(_ word: some Sequence<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var iterator = word.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(value(ofHexDigit:)),
                let low = iterator.next().flatMap(value(ofHexDigit:))
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func value(ofHexDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension FixedWidthInteger {
    /// Reads decimal digits alone: no sign, no space; nil when there are none or the number doesn't fit.
    init?(digits: some Collection<UInt8>) {
        guard !digits.isEmpty else { return nil }
        var value: Self = 0
        for digit in digits {
            guard let figure = Self.figure(digit) else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowToo) = scaled.addingReportingOverflow(figure)
            guard !overflow, !overflowToo else { return nil }
            value = sum
        }
        self = value
    }

    private static func figure(_ digit: UInt8) -> Self? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) ? Self(digit - UInt8(ascii: "0")) : nil
    }
}

/// Durations on the wire: decimal seconds down to the nanosecond, `300` or `8.25`, never negative.
enum Seconds {
    /// Appends `duration` in seconds; what is over already is 0.
    static func append(_ duration: Duration, to bytes: inout [UInt8]) {
        let (seconds, fraction) = max(0, duration.wholeNanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        bytes += String(seconds).utf8
        guard fraction > 0 else { return }
        var digits = Array(String(1_000_000_000 + fraction).utf8)
        digits[0] = UInt8(ascii: ".")
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        bytes += digits
    }

    /// Reads what `append` writes; nil for anything else, or more than 64 bits of nanoseconds (292 years).
    static func duration(_ word: some Collection<UInt8>) -> Duration? {
        let parts = word.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, let seconds = Int64(digits: whole), seconds <= Int64.max / 1_000_000_000 - 1
        else { return nil }
        guard parts.count == 2 else { return .seconds(seconds) }
        guard parts[1].count <= 9, var fraction = Int64(digits: parts[1]) else { return nil }
        for _ in parts[1].count..<9 { fraction *= 10 }
        return .seconds(seconds) + .nanoseconds(fraction)
    }
}
