import KnockCore

/// `replay --json`: one object a line for each packet, its keys always all there and in this order.
///
/// Nothing in it needs escaping: a configuration names doors with letters, digits, `.`, `_` and `-` only.
struct ReplayJSON {
    let doors: [Door]

    func line(_ answer: ReplayGate.Answer) -> String {
        "{\(packet(answer.packet)),\(judgement(answer, doors))}\n"
    }

    /// The same with one more key, for what the other gate said.
    func line(_ difference: ReplayDifference) -> String {
        """
        {\(packet(difference.this.packet)),\(judgement(difference.this, doors)),\
        "other":{\(judgement(difference.other, difference.otherDoors))}}

        """
    }

    private func packet(_ packet: ReplayPacket) -> String {
        """
        "packet":\(packet.number),"time":\(ReplayJSON.seconds(packet.time)),\
        "source":\(ReplayJSON.string(packet.addresses?.source)),\
        "destination":\(ReplayJSON.string(packet.addresses?.destination)),\
        "protocol":"\(packet.protocolName)","port":\(packet.parsed?.destinationPort.map { "\($0.number)" } ?? "null")
        """
    }

    private func judgement(_ answer: ReplayGate.Answer, _ doors: [Door]) -> String {
        """
        "verdict":"\(answer.verdict)",\
        "events":[\(answer.events.map { "\"\($0.words(doors))\"" }.joined(separator: ","))]
        """
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
