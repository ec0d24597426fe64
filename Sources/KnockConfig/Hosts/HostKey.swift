enum HostKey: String, SectionKey {
    case address
    case sequence
    case closeSequence = "close_sequence"
    case delay
    case family
    case verify

    static let section = "[host NAME]"
    /// ssh's word among them.
    static let habits: [String: HostKey] = [
        "hostname": .address, "host": .address, "ip": .address, "knocks": .sequence, "pause": .delay,
        "addressfamily": .family, "port": .verify, "protects": .verify,
    ]
    static let neighbours: [any SectionKey.Type] = []
}
