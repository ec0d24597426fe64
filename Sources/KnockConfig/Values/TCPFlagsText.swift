import KnockCore

extension Token {
    /// The flags that a knock has and, behind `!`, those that it has not; nil when that can't be read.
    ///
    /// With `syn` a knock opens a connection, so that ACK, RST and FIN are excluded unless they are named (R2). Without
    /// it only the flags that are named matter.
    func tcpFlagsFilter(findings: inout Findings) -> TCPFlagsFilter? {
        let list = PlacedList(self, atMost: 64, ("tcpflags", "flags"), findings: &findings) {
            (word) throws(Finding) in try word.tcpFlag()
        }
        var (set, clear): (TCPFlags, TCPFlags) = ([], [])
        for item in list.items {
            if item.value.isExcluded { clear.insert(item.value.flag) } else { set.insert(item.value.flag) }
            guard set.isDisjoint(with: clear) else {
                findings.error("a flag can't be both wanted and excluded", at: item.place)
                return nil
            }
        }
        if set.contains(.syn) { clear.formUnion(TCPFlagsFilter.syn.clear.subtracting(set)) }
        return list.isWhole ? TCPFlagsFilter(set: set, clear: clear) : nil
    }

    private func tcpFlag() throws(Finding) -> (flag: TCPFlags, isExcluded: Bool) {
        let isExcluded = text.first == "!"
        guard let flag = flagsByName[text.dropFirst(isExcluded ? 1 : 0).lowercased()] else {
            throw refused("a TCP flag is syn, fin, rst, psh, ack or urg, or one of them behind \"!\", not \(quoted)")
        }
        return (flag, isExcluded)
    }
}

private let flagsByName: [String: TCPFlags] = [
    "syn": .syn, "fin": .fin, "rst": .rst, "psh": .psh, "ack": .ack, "urg": .urg,
]
