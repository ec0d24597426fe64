/// What each port means to the gate, found in one step: 65,536 ports of either transport point to the few meanings
/// that a configuration has.
///
/// A meaning is a few numbers, so that looking it up for each packet neither copies nor counts anything.
struct PortMap {
    struct Meaning {
        /// Where the doors that protect the port stand in `protectors`, in the order of the file.
        fileprivate(set) var protectedBy = 0..<0
        /// Where the tracks whose first knock it is stand in `beginnings`.
        fileprivate(set) var begins = 0..<0
        /// Whether packets to it never end a visit (R8).
        fileprivate(set) var isIgnored = false

        var isProtected: Bool { !protectedBy.isEmpty }
    }

    /// Doors, those of one port behind those of another.
    let protectors: [Int]
    /// Tracks, likewise.
    let beginnings: [Int]
    private let indices: [UInt16]
    /// The first one is that of every port no configuration names.
    private let meanings: [Meaning]

    init(_ rules: Rules, tracks: [Track]) {
        var draft = Draft()
        for (door, rule) in rules.doors.enumerated() {
            for port in rule.protects { draft[port].protectedBy.append(door) }
        }
        for (index, track) in tracks.enumerated() {
            draft[track.knocks[0]].begins.append(index)
        }
        for port in rules.ignore { draft[port].isIgnored = true }
        indices = draft.indices
        protectors = draft.notes.flatMap(\.protectedBy)
        beginnings = draft.notes.flatMap(\.begins)
        meanings = draft.meanings
    }

    @inline(__always)
    subscript(port: Port) -> Meaning { meanings[Int(indices[PortMap.place(of: port)])] }

    private static func place(of port: Port) -> Int {
        Int(port.number) | (port.transport == .tcp ? 0 : 1 << 16)
    }

    /// The ports that a configuration names, with what it says of each.
    private struct Draft {
        struct Note {
            var protectedBy: [Int] = []
            var begins: [Int] = []
            var isIgnored = false
        }

        var indices = [UInt16](repeating: 0, count: 2 << 16)
        var notes = [Note()]

        subscript(port: Port) -> Note {
            get { notes[Int(indices[PortMap.place(of: port)])] }
            _modify {  // In its place: a port that thousands of doors share has a long note.
                let place = PortMap.place(of: port)
                if indices[place] == 0 {
                    precondition(
                        notes.count <= UInt16.max, "a configuration names more ports than there are numbers for")
                    indices[place] = UInt16(notes.count)
                    notes.append(Note())
                }
                yield &notes[Int(indices[place])]
            }
        }

        var meanings: [Meaning] {
            var (doors, tracks) = (0, 0)
            return notes.map { note in
                defer { (doors, tracks) = (doors + note.protectedBy.count, tracks + note.begins.count) }
                return Meaning(
                    protectedBy: doors..<doors + note.protectedBy.count, begins: tracks..<tracks + note.begins.count,
                    isIgnored: note.isIgnored)
            }
        }
    }
}
