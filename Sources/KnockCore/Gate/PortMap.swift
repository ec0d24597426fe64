/// What each port means to the gate, found in one step: 65,536 ports of either transport point to the few meanings
/// that a configuration has.
struct PortMap {
    struct Meaning {
        /// The doors that protect the port, in the order of the file.
        var protectedBy: [Int] = []
        /// The tracks whose first knock it is.
        var begins: [Int] = []
        /// Whether packets to it never end a visit (R8).
        var isIgnored = false

        var isProtected: Bool { !protectedBy.isEmpty }
    }

    private var indices: [UInt16]
    /// The first one is that of every port no configuration names.
    private var meanings = [Meaning()]

    init(_ rules: Rules, tracks: [Track]) {
        indices = Array(repeating: 0, count: 2 << 16)
        for (door, rule) in rules.doors.enumerated() {
            for port in rule.protects { change(port) { $0.protectedBy.append(door) } }
        }
        for (index, track) in tracks.enumerated() {
            change(track.knocks[0]) { $0.begins.append(index) }
        }
        for port in rules.ignore { change(port) { $0.isIgnored = true } }
    }

    subscript(port: Port) -> Meaning { meanings[Int(indices[PortMap.place(of: port)])] }

    private static func place(of port: Port) -> Int {
        Int(port.number) | (port.transport == .tcp ? 0 : 1 << 16)
    }

    private mutating func change(_ port: Port, _ body: (inout Meaning) -> Void) {
        let place = PortMap.place(of: port)
        if indices[place] == 0 {
            precondition(meanings.count <= UInt16.max, "a configuration names more ports than there are numbers for")
            indices[place] = UInt16(meanings.count)
            meanings.append(Meaning())
        }
        body(&meanings[Int(indices[place])])
    }
}
