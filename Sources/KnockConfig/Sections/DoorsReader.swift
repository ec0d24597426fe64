import KnockCore

/// Reads the `[door NAME]` sections of all files, then looks at the doors together.
struct DoorsReader {
    /// As many as a gate can number, with room to spare.
    private static let most = 4096

    private var drafts: [DoorDraft] = []
    private var placesByName: [Substring: Place] = [:]
    private var count = 0
    /// Whether there was one more than there can be: it and all behind it are left unread, for a daemon that reloads has
    /// packets waiting.
    private(set) var areTooMany = false

    /// The doors that could be read, in the order of the files.
    var doors: [Door] { drafts.compactMap(\.door) }

    mutating func read(_ sections: [Section<ConfigurationSection>], findings: inout Findings) {
        for section in sections {
            guard case .door(let name)? = section.kind else { continue }
            guard count < DoorsReader.most else {
                findings.error(
                    "there can be \(DoorsReader.most) doors at most; what follows is unread", at: section.place)
                areTooMany = true
                return
            }
            count += 1
            take(DoorDraft(section, name: name, findings: &findings), findings: &findings)
        }
    }

    private mutating func take(_ draft: DoorDraft, findings: inout Findings) {
        guard let name = draft.name, let first = placesByName[name.text] else {
            if let name = draft.name { placesByName[name.text] = draft.place }
            drafts.append(draft)
            return
        }
        // What the second one lacks, or has in common with the first, is no news.
        findings.error("\(draft.title) stands twice: the first is at \(findings.name(of: first))", at: draft.place)
    }

    /// Reports what is wrong or odd about the doors, each for itself and all together.
    func check(ignored: [Placed<Port>], findings: inout Findings) {
        let ignored = Dictionary(ignored.map { ($0.value, $0.place) }) { first, _ in first }
        for draft in drafts {
            draft.reportMissing(findings: &findings)
            draft.opening?.warnOfWeakness(ignored: ignored, findings: &findings)
        }
        drafts.reportUnheardKnocks(findings: &findings)
        drafts.reportNeverOpen(findings: &findings)
        drafts.reportTooManyPorts(ignored: ignored, findings: &findings)
        drafts.reportOverlaps(findings: &findings)
    }
}
