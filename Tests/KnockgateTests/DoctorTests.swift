import Glibc
import KnockConfig
import KnockControl
import KnockCore
import Testing

@testable import knockgate

/// What the doctor says of everything but the firewall.
@Suite struct DoctorTests {
    private let path = ConfigOption.defaultPath

    // MARK: - The configuration

    private func configuration(
        _ text: String = "[door ssh]\nprotects = 22/tcp\nsequence = 4444/udp 2222/tcp 3333/udp\n",
        mode: mode_t = 0o100640,
        user: FileRights.User? = nil, isRoot: Bool = true
    ) -> [Finding] {
        let rights = [
            FileRights(path: "/etc/knockgate", use: .enter, mode: 0o040755, owner: 0, group: 0),
            FileRights(path: path, use: .read, mode: mode, owner: 0, group: 107),
            FileRights(path: path + ".d", use: .list, mode: 0o040750, owner: 0, group: 107),
        ]
        let reading = Configuration.read([ConfigurationText(file: path, text: text)])
        let files = Facts.ConfigurationFiles(path: path, reading: reading, rights: rights, user: user)
        return ConfigurationCheck(files: files, isRoot: isRoot, again: "knockgate doctor").findings
    }

    @Test func `a configuration without errors is fine`() {
        #expect(lines(of: configuration()) == ["ok the configuration \(path) has 1 door"])
    }

    @Test func `a gate without doors is a hint`() {
        let found = configuration("")
        #expect(found.map(\.gravity) == [.fine, .hint])
        #expect(found[1].text == "no door is configured: the gate protects nothing yet")
        #expect(found[1].mending == ["${EDITOR:-nano} \(path)"])
    }

    @Test func `warnings are a hint, errors are wrong`() {
        let warned = configuration("[door ssh]\nprotects = 22/tcp\nsequence = 4444/udp 2222/udp\n")
        #expect(lines(of: warned).last == "hint the configuration has 1 warning")
        let bad = configuration("[door ssh]\nprotects = 70000\nx = 1\n")
        #expect(
            bad.count == 1 && bad[0].gravity == .wrong
                && bad[0].text.hasPrefix("the configuration \(path) has 3 errors"))
        #expect(bad[0].mending == ["knockgate check \(path)"])
    }

    @Test(arguments: [0o100644, 0o100641, 0o100666] as [mode_t]) func `rights of others are wrong`(mode: mode_t) {
        let found = configuration(mode: mode)
        #expect(found.count == 1 && found[0].gravity == .wrong && found[0].text.contains("is open to others (mode 06"))
        #expect(found[0].mending == ["chmod o= \(path)"])
    }

    @Test func `a file that the daemon's user can't read is wrong`() {
        let user = FileRights.User(name: "knockgate", id: 106, groups: [107])
        #expect(configuration(user: user).map(\.gravity) == [.fine])
        let found = configuration(mode: 0o100600, user: user)
        #expect(
            lines(of: found) == [
                "wrong the daemon runs as knockgate, who can't read \(path): it neither starts nor reloads"
            ])
        #expect(found[0].mending == ["chgrp knockgate \(path) && chmod 640 \(path)"])
        let stranger = FileRights.User(name: "knockgate", id: 106, groups: [108])
        #expect(configuration(user: stranger).map { $0.mending.first?.suffix(4) } == ["conf", "nf.d"])
        #expect(
            configuration(mode: 0o100600, user: FileRights.User(name: "root", id: 0, groups: [0])).map(\.gravity) == [
                .fine
            ])
        let passage = FileRights(path: "/etc/knockgate", use: .enter, mode: 0o040711, owner: 0, group: 0)
        #expect(passage.isUsable(by: user), "who needn't list a directory needn't read it")
        let owner = FileRights(path: "f", use: .read, mode: 0o100040, owner: 106, group: 107)
        #expect(!owner.isUsable(by: user), "an owner has the owner's rights alone")
    }

    @Test func `a missing file, and one that only root can read`() throws {
        let scratch = try Scratch()
        let missing = scratch.path + "/it's missing.conf"
        let check = { (isRoot: Bool, user: FileRights.User?) in
            ConfigurationCheck(
                files: .init(path: missing, reading: Configuration.load(missing), user: user), isRoot: isRoot,
                again: "knockgate doctor x"
            ).findings
        }
        let found = check(true, nil)
        #expect(found[0].gravity == .wrong && found[0].text.contains("No such file"))
        #expect(found[0].mending == ["install -D -m 600 /dev/null '\(scratch.path)/it'\\''s missing.conf'"])
        let user = FileRights.User(name: "knockgate", id: 106, groups: [107])
        #expect(check(true, user)[0].mending[0].hasPrefix("install -D -m 640 -g knockgate /dev/null"))
        #expect(check(false, nil)[0].mending == ["sudo knockgate doctor x"])
    }

    @Test func `words for a shell are quoted where they have to be`() {
        #expect("/etc/knockgate/knockgate.conf".shellQuoted == "/etc/knockgate/knockgate.conf")
        for text in ["", "a b", "$(reboot)", "`x`", "a;b", "~", "a\\", "é"] { #expect(text.shellQuoted == "'\(text)'") }
        #expect("a'b\n".shellQuoted == "'a'\\''b\u{FFFD}'")
    }

    // MARK: - The kernel

    @Test func `a missing module is named with the command that loads it`() {
        let mending = { (kernel: Facts.Kernel) in
            KernelCheck(kernel: kernel).findings.map { "\($0.gravity) \($0.mending)" }
        }
        #expect(mending(Facts.Kernel()) == ["fine []"])
        #expect(mending(Facts.Kernel(hasQueue: nil, hasConntrack: nil)) == ["fine []"])
        #expect(mending(Facts.Kernel(hasQueue: false)) == [#"wrong ["modprobe nfnetlink_queue"]"#])
        #expect(mending(Facts.Kernel(hasConntrack: false)) == [#"wrong ["modprobe nf_conntrack"]"#])
        #expect(mending(Facts.Kernel(lacksTarget: [.ipv6])) == [#"wrong ["modprobe xt_NFQUEUE"]"#])
    }

    // MARK: - The daemon

    private func daemon(
        _ daemon: Facts.Daemon, queue: Facts.Queue = .unbound, isRoot: Bool = true, isGivenUp: Bool = false,
        number: UInt16 = 4747, isRuleOfService: Bool = false
    ) -> [Finding] {
        let text = "[gate]\nqueue = \(number)\n[door ssh]\nprotects = 22/tcp\nsequence = 4444/udp 2222/tcp 3333/udp\n"
        let reading = Configuration.read([ConfigurationText(file: path, text: text)])
        let facts = Facts(
            isRoot: isRoot, files: .init(path: path, reading: reading), daemon: daemon, queue: queue, firewalls: [],
            isRuleOfService: isRuleOfService, isGivenUp: isGivenUp)
        return DaemonCheck(facts: facts, configuration: reading.configuration).findings
    }

    private func status(_ change: (inout Status) -> Void = { _ in }) -> Facts.Daemon {
        var status = Status(
            pid: 812, uptime: .seconds(9), queue: .init(number: 4747, waiting: 0, lost: 0, bound: true),
            verdicts: .init(accept: 0, drop: 0, next: 0), malformed: 0, unmarkedRule: false,
            doors: [.init(name: "ssh", protects: [.tcp(22)], knocks: 3, opened: 0)])
        change(&status)
        return .up(status)
    }

    @Test func `a daemon that runs and is bound is fine`() {
        #expect(lines(of: daemon(status())) == ["ok knockgated 0.1.0 runs, bound to queue 4747"])
    }

    @Test func `a daemon that goes by another mark than the file is to be restarted, and the rule with it`() {
        let changed = status { $0.mark = 0x4000 }
        #expect(
            lines(of: daemon(changed)) == [
                "wrong the daemon has mark 0x4000, its configuration says 0x1000, which only a restart can change"
            ])
        #expect(daemon(changed)[0].mending == ["systemctl restart knockgate"])
        #expect(
            daemon(changed, isRuleOfService: true)[0].mending == [
                "systemctl restart knockgate", "systemctl restart knockgate-rule",
            ])
        #expect(lines(of: daemon(status { $0.mark = 0x1000 })).count == 1)
    }

    @Test func `a daemon that is down is to be started`() {
        let found = daemon(.down(socket: "/run/knockgate/control.sock"))
        #expect(
            lines(of: found) == [
                "wrong no daemon answers at /run/knockgate/control.sock: every packet that the rule sends to the queue is dropped"
            ])
        #expect(found[0].mending == ["systemctl start knockgate"])
    }

    @Test func `one that systemd has given up starts when that is forgotten`() {
        let found = daemon(.down(socket: "/run/knockgate/control.sock"), isGivenUp: true)
        #expect(found[0].mending == ["systemctl reset-failed knockgate", "systemctl start knockgate"])
    }

    @Test func `a daemon that can't be asked is wrong`() {
        let failure = Failure(errno: EACCES, path: "/run/c.sock")
        let found = daemon(.unknown(failure), isRoot: false)
        #expect(found == [.wrong("could not ask the daemon: \(failure)", mending: ["sudo knockgate doctor"])])
        let silent = daemon(.unknown(Failure(errno: EAGAIN, path: "/run/c.sock")))
        #expect(silent[0].mending == ["systemctl restart knockgate"])
    }

    @Test func `another program at the queue is named while the daemon doesn't have it`() throws {
        let list = " 4747  77 0 2 65531 0 0 0 1\n    7  99 0 2 65531 0 0 0 1\n"
        let owner = try #require(QueueOwner(of: 4747, in: list) { "suricata\($0)" })
        #expect(owner.port == 77 && owner.process == "suricata77")
        #expect(QueueOwner(of: 474, in: list) { _ in nil } == nil)
        for (facts, count) in [
            (Facts.Daemon.down(socket: "s"), 2), (status { $0.queue.bound = false }, 2), (status(), 1),
        ] {
            let found = daemon(facts, queue: .bound(owner))
            #expect(found.count == count)
            #expect((found.last?.mending == ["kill 77"]) == (count == 2))
            #expect(found.last?.text.hasPrefix("queue 4747 is bound by process 77 (suricata77): ") == (count == 2))
        }
    }

    @Test func `a dead process isn't accused, nor is a knockgated`() throws {
        let list = " 4747  77 3 2 65531 0 0 0 1\n"
        let kept = try #require(QueueOwner(of: 4747, in: list) { _ in nil })
        let found = daemon(.down(socket: "s"), queue: .bound(kept))
        #expect(found.map(\.gravity) == [.wrong, .hint])
        #expect(found[1].text.contains("systemd keeps it for the next daemon"))
        let other = try #require(QueueOwner(of: 4747, in: list) { _ in "knockgated" })
        #expect(daemon(.down(socket: "s"), queue: .bound(other)).map(\.gravity) == [.wrong, .hint])
    }

    @Test func `a list of queues that can't be read is wrong while the daemon is down`() {
        let found = daemon(.down(socket: "s"), queue: .unknown, isRoot: false)
        #expect(found.last == .wrong("could not see who is bound to queue 4747", mending: ["sudo knockgate doctor"]))
        #expect(daemon(status(), queue: .unknown).map(\.gravity) == [.fine])
    }

    @Test func `a daemon with another queue than the configuration's is to be restarted`() {
        let found = daemon(status(), number: 7)
        #expect(found.count == 1 && found[0].gravity == .wrong && found[0].mending == ["systemctl restart knockgate"])
    }

    @Test func `a configuration that has changed is to be reloaded`() {
        let found = daemon(status { $0.doors[0].protects = [.tcp(23)] })
        #expect(found.map(\.gravity) == [.fine, .hint] && found[1].mending == ["knockgate reload"])
    }

    @Test func `what the daemon has seen go wrong is told`() {
        let marked = daemon(status { $0.unmarkedRule = true })
        #expect(marked.map(\.gravity) == [.wrong] && marked[0].text.contains("the gate's own mark"))
        let lossy = daemon(status { $0.queue.lost = 1_200 })
        #expect(lossy.map(\.gravity) == [.fine, .hint] && lossy[1].text.contains("1,200 packets"))
    }

    // MARK: - Listeners

    private let tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
           1: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
           2: 050071CB:0050 070071CB:9C40 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0

        """
    private let tcp6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr
           0: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 00000000:00000000
           1: 0000000000000000FFFF00000100007F:0278 00000000000000000000000000000000:0000 0A 00000000:00000000
           2: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000

        """
    private let udp = "  sl\n 1: 00000000:0035 00000000:0000 07 00000000:00000000\n"

    @Test func `who listens is read from the kernel's lists`() {
        var listeners = Listeners()
        listeners.read(tcp, .tcp)
        listeners.read(tcp6, .tcp)
        listeners.read(udp, .udp)
        #expect(listeners.reachable == [.tcp(22), .tcp(8080), .udp(53)])
        #expect(listeners.onLoopback == [.tcp(3306), .tcp(631), .tcp(632)])
    }

    @Test func `a protected port wants somebody who listens, and not on loopback alone`() {
        var listeners = Listeners()
        listeners.read(tcp, .tcp)
        var door = Configuration.sshDoor.rules.doors[0]
        let found = { (ports: [Port]) in
            door.protects = ports
            return ListenerCheck(listeners: listeners, doors: [door]).findings
        }
        #expect(lines(of: found([.tcp(22)])) == ["ok something listens on 22/tcp"])
        #expect(
            lines(of: found([.udp(22)])) == [
                "wrong nothing listens on 22/udp: start the service, or is it another port?"
            ])
        #expect(found([.tcp(80)])[0].gravity == .wrong, "a connection is no listener")
        #expect(found([.tcp(3306)])[0].text.hasPrefix("3306/tcp is listened on at loopback addresses alone"))
        #expect(ListenerCheck(listeners: nil, doors: [door]).findings.map(\.gravity) == [.wrong])
        #expect(ListenerCheck(listeners: nil, doors: []).findings == [])
    }

    // MARK: - All of it

    @Test func `without a configuration the firewall isn't judged, and that isn't fine`() {
        let reading = Configuration.read([ConfigurationText(file: "a", text: "x")])
        let facts = Facts(files: .init(path: "a", reading: reading), daemon: status(), firewalls: [])
        #expect(Doctor(facts: facts).findings.map(\.gravity) == [.wrong, .fine, .fine, .wrong])
    }

    @Test func `a finding is a line, its commands stand below, and the last line counts`() {
        let plain = Terminal(size: nil, environment: [:])
        let found: [Finding] = [
            .fine("this"), .hint("that"), .wrong("one fault", mending: ["mend it", "well"]),
            .wrong("another", mending: ["mend it", "well"]), .wrong("a third"),
        ]
        #expect(
            DoctorText(findings: found).text(on: plain) == """
                ok     this
                hint   that
                wrong  one fault
                wrong  another
                           mend it
                           well
                wrong  a third

                3 things are wrong, 1 hint

                """)
        #expect(DoctorText(findings: [.wrong("x")]).text(on: plain).hasSuffix("\n1 thing is wrong\n"))
        #expect(DoctorText(findings: [.fine("x")]).text(on: plain) == "ok     x\n\nnothing is wrong\n")
    }

    @Test func `on a terminal sentences are wrapped and coloured, commands are never broken`() {
        let terminal = Terminal(size: .init(columns: 30, rows: 24), environment: ["TERM": "xterm"])
        let found = [Finding.wrong("a sentence that is far too long", mending: ["iptables -I INPUT and so on and on"])]
        #expect(
            DoctorText(findings: found).text(on: terminal) == """
                \u{1B}[1;31mwrong\u{1B}[0m  a sentence that is far
                       too long
                           \u{1B}[1miptables -I INPUT and so on and on\u{1B}[0m

                \u{1B}[1;31m1 thing is wrong\u{1B}[0m

                """)
    }
}
