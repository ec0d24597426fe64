import KnockCore

/// `replay --json`: one object a line for each packet, its keys always all there and in this order.
///
/// Nothing in it needs escaping: a configuration names doors with letters, digits, `.`, `_` and `-` only.
struct ReplayJSON {
    let doors: [Door]

    func line(_ answer: ReplayGate.Answer) -> String {
        let packet = answer.packet
        return """
            {"packet":\(packet.number),"time":\(ReplayJSON.seconds(packet.time)),\
            "source":\(ReplayJSON.string(packet.addresses?.source)),\
            "destination":\(ReplayJSON.string(packet.addresses?.destination)),\
            "protocol":"\(packet.protocolName)","port":\(packet.parsed?.destinationPort.map { "\($0.number)" } ?? "null"),\
            "verdict":"\(answer.verdict)","events":[\(ReplayJSON.strings(answer.events, doors))]}

            """
    }

    /// The same with one more key, for what the other gate said.
    func line(_ difference: ReplayDifference) -> String {
        let (other, doors) = (difference.other, difference.otherDoors)
        return """
            \(line(difference.this).dropLast(2)),\
            "other":{"verdict":"\(other.verdict)","events":[\(ReplayJSON.strings(other.events, doors))]}}

            """
    }

    private static func strings(_ events: [Event], _ doors: [Door]) -> String {
        events.isEmpty ? "" : events.map { "\"\($0.words(doors))\"" }.joined(separator: ",")
    }

    private static func string(_ address: Address?) -> String {
        address.map { "\"\($0)\"" } ?? "null"
    }

    /// Seconds with six decimals; what is beyond them is cut off.
    private static func seconds(_ time: Instant) -> String {
        let microseconds = time.nanoseconds.magnitude / 1000
        let fraction = String(1_000_000 + microseconds % 1_000_000).dropFirst()
        return "\(time.nanoseconds < 0 ? "-" : "")\(microseconds / 1_000_000).\(fraction)"
    }
}
