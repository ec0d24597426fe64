import KnockCore

extension Conversion {
    /// Our doors for those of a `knockd.conf`.
    ///
    /// A section whose command opens ports is a door; one whose command closes them again is that door's close_sequence.
    public static func knockd(_ source: ForeignText) throws(Refusal) -> Conversion {
        let file = KnockdFile(source)
        guard file.complaints.isEmpty else { throw source.refusal(file.complaints) }
        let doors = file.sections.map(KnockdDoor.init)
        var pairs = KnockdPairs(doors)
        return try Page(
            source: source, introduction: introduction, remarks: remarks(file.options) + pairs.leftOver,
            sketches: pairs.sketches()
        ).settled()
    }

    private static let introduction: [String] =
        Comment.lines("What to do with it:")
        + [
            "#     install -m 640 -g knockgate THIS-FILE /etc/knockgate/knockgate.conf.d/knockd.conf && knockgate check",
            "#     systemctl disable --now knockd     # and take out the rules that it left: iptables -S, ip6tables -S",
            "#     systemctl enable --now knockgate knockgate-rule && knockgate doctor",
        ]
        + ["#"]
        + Comment.lines(
            "A door here is for whoever has knocked, over IPv4 and IPv6, and a client that sends anything else to this machine "
                + "in mid-sequence begins anew. If it must, name those ports: ignore = 80/tcp 443/tcp in [gate].")

    private static func remarks(_ options: [KnockdSetting]) -> [Remark] {
        func lines(_ keys: String...) -> [String] { options.filter { keys.contains($0.key) }.map(\.text) }
        let (logs, pid, interface) = (lines("USESYSLOG", "LOGFILE"), lines("PIDFILE"), lines("INTERFACE"))
        var remarks: [Remark] = []
        if !logs.isEmpty {
            remarks.append(Remark("The log is in the journal: journalctl -u knockgate", isNote: false, lines: logs))
        }
        if !pid.isEmpty {
            remarks.append(
                Remark("systemd knows the daemon's process: systemctl status knockgate", isNote: false, lines: pid))
        }
        if !interface.isEmpty {
            remarks.append(
                Remark(
                    "a door hears what comes in by any interface but lo. Where only this one's address should count, say "
                        + "target = ADDRESS in each door:", isNote: true, lines: interface))
        }
        return remarks
    }
}
