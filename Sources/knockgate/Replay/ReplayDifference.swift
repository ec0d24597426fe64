import KnockCore

/// A packet that two gates judge otherwise, or at which a door opens or closes before one of them only.
struct ReplayDifference {
    let this: ReplayGate.Answer
    let other: ReplayGate.Answer
    let otherDoors: [Door]

    /// Nil where they don't differ. Doors are the same that bear one name. How far a visit has come, and how long a
    /// lease will last, shows in the verdicts that follow.
    init?(_ this: ReplayGate.Answer, _ doors: [Door], _ other: ReplayGate.Answer, _ otherDoors: [Door]) {
        (self.this, self.other, self.otherDoors) = (this, other, otherDoors)
        guard isInVerdict || this.doorWords(doors) != other.doorWords(otherDoors) else { return nil }
    }

    var isInVerdict: Bool { this.verdict != other.verdict }
}

extension ReplayGate.Answer {
    fileprivate func doorWords(_ doors: [Door]) -> [String] {
        events.isEmpty ? [] : events.filter(\.isOfDoor).map { $0.words(doors) }.sorted()
    }
}

extension Event {
    /// Whether a door has opened or closed, or would have, but for the want of room.
    var isOfDoor: Bool {
        switch change {
        case .opened, .closed, .refused: true
        case .knocked, .knockedToClose, .strayed, .connected: false
        }
    }
}
