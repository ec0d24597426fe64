import KnockCore

/// A value of JSON (RFC 8259), already written out. The members of an object keep their order.
struct JSON: Equatable {
    let text: String

    static let null = JSON(text: "null")

    static func bool(_ value: Bool) -> JSON { JSON(text: value ? "true" : "false") }

    static func number(_ value: some BinaryInteger) -> JSON { JSON(text: String(value)) }

    /// A duration in seconds with three decimals, rounded down; what is over already is 0.
    static func seconds(_ duration: Duration) -> JSON {
        let milliseconds = max(0, duration.wholeNanoseconds) / 1_000_000
        return JSON(text: "\(milliseconds / 1_000)." + String(String(1_000 + milliseconds % 1_000).dropFirst()))
    }

    static func array(_ values: [JSON]) -> JSON {
        JSON(text: "[" + values.map(\.text).joined(separator: ",") + "]")
    }

    static func object(_ members: [(key: String, value: JSON)]) -> JSON {
        JSON(text: "{" + members.map { string($0.key).text + ":" + $0.value.text }.joined(separator: ",") + "}")
    }

    /// A string with what must be escaped (section 7): quotation marks, backslashes, control characters.
    static func string(_ value: String) -> JSON {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{00}"..."\u{1F}", "\u{7F}":
                text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return JSON(text: text + "\"")
    }
}
