/// What holds on a real kernel: each file tells of one rule of the contract, in the contract's order.
///
/// One story plays at a time, for many of them measure time; their names are the sentences that they prove.
import KnockCore
import Testing

@Suite(.serialized) struct Stories {}

extension Port {
    static let ssh = Port.tcp(22)
    /// A port with a service on it that no door protects.
    static let unprotected = Port.tcp(8080)
}

/// The knocks of the door that most stories have.
let sshKnocks: [Port] = [.udp(2222), .tcp(3333), .udp(4444)]

/// The configuration that most stories have: one door before SSH, opened by `sshKnocks`.
func sshDoor(
    seqTimeout: String = "15s", openFor: String = "10s", _ settings: [String] = [], gate: [String] = []
) -> String {
    (["[gate]"] + gate + [
        "[door ssh]", "protects = 22/tcp", "sequence = 2222/udp 3333/tcp 4444/udp", "seq_timeout = \(seqTimeout)",
        "open_for = \(openFor)",
    ] + settings).joined(separator: "\n") + "\n"
}
