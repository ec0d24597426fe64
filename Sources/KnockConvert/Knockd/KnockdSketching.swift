import KnockCore

extension KnockdDoor {
    /// The door without what closes it.
    func sketch(named name: String) -> DoorSketch {
        var sketch = DoorSketch(origin: section.title, line: section.line, name: name)
        sketch.remarks +=
            section.comments.isEmpty ? [] : [Remark("Its comments were:", isNote: false, lines: section.comments)]
        protect(&sketch)
        knock(&sketch)
        time(&sketch)
        narrow(&sketch)
        keepCommands(&sketch)
        return sketch
    }

    private func protect(_ sketch: inout DoorSketch) {
        sketch.protects = ports(.opens)
        if role == .neither {
            let reason = section.start.map {
                $0.isEmpty ? "its command is empty" : "its command opens no port known here"
            }
            sketch.hinder(reason ?? "it has no command")
            let lines =
                section.lines(of: "START_COMMAND", "COMMAND") + section.lines(of: "START_COMMAND_6", "COMMAND_6")
            if !lines.isEmpty { sketch.remark("A gate runs no commands. This ran after the knocks:", keeping: lines) }
        }
        let puzzles = puzzles(.opens)
        if !puzzles.isEmpty {
            let reason = puzzles.joined(separator: ", ")
            if sketch.protects.isEmpty { sketch.hinder("the ports that it opened can't be told: \(reason)") }
            sketch.note(
                sketch.protects.isEmpty
                    ? "name the ports that this opened:" : "this opened more than the ports below: \(reason).",
                keeping: section.lines(of: "START_COMMAND", "COMMAND")
                    + section.lines(of: "START_COMMAND_6", "COMMAND_6"))
        }
        for difference in (start.differences + startIPv6.differences).distinct {
            sketch.note("\(difference):", keeping: section.lines(of: "START_COMMAND", "COMMAND"))
        }
        protectIPv6(&sketch)
    }

    private func protectIPv6(_ sketch: inout DoorSketch) {
        let lines = section.lines(of: "START_COMMAND_6", "COMMAND_6")
        if section.startIPv6?.isEmpty == true {
            sketch.note("over IPv6 this opened nothing; here the door opens over both.", keeping: lines)
        } else if section.startIPv6 != nil, start.opened != startIPv6.opened, role == .opens {
            sketch.note(
                "over IPv4 and IPv6 different ports were opened; here it's all of them over both.", keeping: lines)
        }
    }

    private func knock(_ sketch: inout DoorSketch) {
        if section.oneTimeSequences != nil {
            sketch.hinder("its sequences are used once, and knockgated can't read such a file yet")
            let lines = section.lines(of: "ONE_TIME_SEQUENCES") + section.lines(of: "SEQUENCE")
            sketch.note("a fixed sequence is weaker: whoever has seen it can knock it.", keeping: lines)
        } else if let flaw = section.sequence?.flaw {
            sketch.hinder(flaw)
            sketch.remark("The sequence was:", keeping: section.lines(of: "SEQUENCE"))
        } else {
            sketch.sequence = knocks
            if KnockdDoor.published.contains(knocks) {
                sketch.note(
                    "this sequence stands in knockd's own examples, and bots know it. Draw another: shuf -i 1024-65535 -n 3"
                )
            }
        }
    }

    /// The sequences of knockd's manual and of its example.
    private static let published: [[Port]] = [
        [.tcp(7000), .tcp(8000), .tcp(9000)], [.udp(2222), .tcp(3333), .udp(4444)],
        [.tcp(12345), .tcp(54321), .tcp(24680), .tcp(13579)],
    ]

    private func time(_ sketch: inout DoorSketch) {
        timeKnocks(&sketch)
        let lines = section.lines(of: "CMD_TIMEOUT")
        if hasStop {
            openFor(section.commandTimeout ?? 10, lines, &sketch)
        } else if let pause = start.openFor ?? startIPv6.openFor {
            openFor(pause, [], &sketch)
        } else if let timeout = section.commandTimeout, timeout > 0 {
            sketch.note("without a stop_command, knockd never heeded this; the door does.", keeping: lines)
            openFor(timeout, lines, &sketch)
        } else if role == .opens {
            sketch.openFor = Seconds(30)
            sketch.note(
                "the rule stayed until somebody took it out. Here a door closes by itself: sessions live on, new ones need a "
                    + "new knock. If 30s is too short to connect, say so below (up to 365d).")
        }
    }

    private func timeKnocks(_ sketch: inout DoorSketch) {
        let lines = section.lines(of: "SEQ_TIMEOUT", "TIMEOUT")
        guard let timeout = section.sequenceTimeout else {
            sketch.sequenceTimeout = Seconds(25)  // knockd's default
            return
        }
        sketch.sequenceTimeout = Seconds(min(max(timeout, 1), 3600))
        if timeout < 1 { sketch.note("no sequence of several knocks could be completed in this time.", keeping: lines) }
        if timeout > 3600 { sketch.note("a sequence may take 1h at most.", keeping: lines) }
    }

    private func openFor(_ seconds: Int, _ lines: [String], _ sketch: inout DoorSketch) {
        let most = 365 * 86400
        sketch.openFor = Seconds(min(max(seconds, 1), most))
        if seconds < 1 { sketch.note("a door is open for more than no time.", keeping: lines) }
        if seconds > most { sketch.note("a door is open for 365 days at most.", keeping: lines) }
    }

    private func narrow(_ sketch: inout DoorSketch) {
        if knocks.isEmpty || knocks.contains(where: { $0.transport == .tcp }) {
            sketch.tcpFlags = section.flags.text
            if section.flags.isEmpty {
                sketch.remark("knockd heard any TCP packet as a knock. Here it is a SYN, which is what clients send.")
                sketch.tcpFlags = nil
            }
        }
        guard let target = section.target else { return }
        if let address = Address(target) {
            sketch.target = address.description
        } else {
            sketch.note(
                "a target is an address here, not a name: without it, packets to any address are knocks.",
                keeping: section.lines(of: "TARGET"))
        }
    }

    private func keepCommands(_ sketch: inout DoorSketch) {
        if !section.overruled.isEmpty {
            sketch.note(
                "what stands twice in a section counted only where it stood last. These didn't:",
                keeping: section.overruled)
        }
        let foreign = role == .neither ? [] : (start.foreign + startIPv6.foreign).distinct
        if !foreign.isEmpty {
            sketch.note("a gate runs no commands. These ran when the door opened:", keeping: foreign)
        }
        if !stop.foreign.isEmpty {
            sketch.note("a gate runs no commands. These ran when the door closed:", keeping: stop.foreign)
        }
        let left = ports(.opens).filter { !stop.closed.contains($0) }
        if hasStop, !left.isEmpty, stop.puzzles(.closes).isEmpty, stop.foreign.isEmpty {
            sketch.note(
                "this didn't close \(left.text) again. Here a door closes as a whole.",
                keeping: section.lines(of: "STOP_COMMAND") + section.lines(of: "STOP_COMMAND_6"))
        }
        if stop.does(.opens) {
            sketch.note(
                "this opened something when the time was up; a door only closes.",
                keeping: section.lines(of: "STOP_COMMAND"))
        }
        if role == .opens, !ports(.closes).filter({ !ports(.opens).contains($0) }).isEmpty {
            sketch.note(
                "the command also closed other ports; a door only opens.",
                keeping: section.lines(of: "START_COMMAND", "COMMAND"))
        }
    }
}
