import KnockConvert
import KnockCore
import Testing

/// The files that knockd is shipped with, and those of its manual.
@Suite struct KnockdExamplesTests {
    /// Debian's /etc/knockd.conf.
    static let debian = """
        [options]
        \tUseSyslog

        [openSSH]
        \tsequence    = 7000,8000,9000
        \tseq_timeout = 5
        \tcommand     = /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
        \ttcpflags    = syn

        [closeSSH]
        \tsequence    = 9000,8000,7000
        \tseq_timeout = 5
        \tcommand     = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
        \ttcpflags    = syn

        [openHTTPS]
        \tsequence    = 12345,54321,24680,13579
        \tseq_timeout = 5
        \tcommand     = /usr/local/sbin/knock_add -i -c INPUT -p tcp -d 443 -f %IP%
        \ttcpflags    = syn

        """

    @Test func `Debian's default becomes two doors, one of which can be closed`() throws {
        let doors = try knockdDoors(KnockdExamplesTests.debian)
        let ssh = try #require(doors.first)
        #expect(doors.map(\.name) == ["SSH", "openHTTPS"])
        #expect(ssh.protects == [.tcp(22)])
        #expect(ssh.sequence.knocks == [.tcp(7000), .tcp(8000), .tcp(9000)])
        #expect(ssh.closeSequence?.knocks == [.tcp(9000), .tcp(8000), .tcp(7000)])
        #expect((ssh.sequenceTimeout, ssh.openFor) == (.seconds(5), .seconds(30)))
        #expect(ssh.tcpFlags == .syn && ssh.connections == nil && ssh.targets == [])
        #expect(doors.last?.protects == [.tcp(443)] && doors.last?.closeSequence == nil)
    }

    @Test func `the page tells where each door comes from, and what isn't as it was`() throws {
        let page = try knockd(KnockdExamplesTests.debian)
        #expect(page.text.hasPrefix("# Made by knockgate 0 from k.conf: 2 doors. Look for NOTE"))
        #expect(page.text.contains("# From [openSSH] of line 4, closed by [closeSSH] of line 10.\n"))
        #expect(page.text.contains("journalctl -u knockgate\n#     UseSyslog\n"))
        #expect(page.text.contains("stands in knockd's own examples"))
        #expect(page.notes == 4)
    }

    @Test func `the first example of knockd's manual names no protocol`() throws {
        let page = try knockd(
            """
            [options]
            logfile = /var/log/knockd.log
            [openSSH]
            sequence = 7000,8000,9000
            seq_timeout = 10
            tcpflags = syn
            command = /sbin/iptables -A INPUT -s %IP% --dport 22 -j ACCEPT
            [closeSSH]
            sequence = 9000,8000,7000
            seq_timeout = 10
            tcpflags = syn
            command = /sbin/iptables -D INPUT -s %IP% --dport 22 -j ACCEPT
            """)
        #expect(try doors(of: page).map(\.protects) == [[.tcp(22)]])
        #expect(page.text.contains("NOTE: the rule names no protocol (-p): taken as TCP:"))
        #expect(page.text.contains("#     logfile = /var/log/knockd.log\n"))
    }

    @Test func `the second one opens all ports, so that somebody has to name them`() {
        let told = refused(
            knockd,
            """
            [opencloseSSH]
            sequence = 2222:udp,3333:tcp,4444:udp
            seq_timeout = 15
            tcpflags = syn,ack
            start_command = /usr/sbin/iptables -A INPUT -s %IP% -p tcp --syn -j ACCEPT
            cmd_timeout = 5
            stop_command = /usr/sbin/iptables -D INPUT -s %IP% -p tcp --syn -j ACCEPT
            """)
        #expect(told.count == 1)
        #expect(
            told.first?.hasPrefix("k.conf:1: no door can be made of this: the ports that it opened can't be told")
                == true)
    }

    /// With another section there's a page, in which the one that can't be a door is kept.
    static let manual = """
        [opencloseSSH]
        sequence = 2222:udp,3333:tcp,4444:udp
        seq_timeout = 15
        tcpflags = syn,ack
        start_command = /usr/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 --syn -j ACCEPT
        cmd_timeout = 5
        stop_command = /usr/sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 --syn -j ACCEPT
        [opencloseSMTP]
        one_time_sequences = /etc/knockd/smtp_sequences
        seq_timeout = 15
        tcpflags = fin,!ack
        start_command = /usr/sbin/iptables -A INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
        start_command_6 = /usr/sbin/ip6tables -A INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
        cmd_timeout = 5
        stop_command = /usr/sbin/iptables -D INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
        stop_command_6 = /usr/sbin/ip6tables -D INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
        """

    @Test func `a stop_command becomes open_for, and flags stay`() throws {
        let door = try #require(knockdDoors(KnockdExamplesTests.manual).first)
        #expect(door.sequence.knocks == [.udp(2222), .tcp(3333), .udp(4444)])
        #expect((door.sequenceTimeout, door.openFor) == (.seconds(15), .seconds(5)))
        #expect(door.tcpFlags == TCPFlagsFilter(set: [.syn, .ack], clear: [.rst, .fin]))
    }

    @Test func `a door with one-time sequences is kept as a comment`() throws {
        let page = try knockd(KnockdExamplesTests.manual)
        #expect(page.doors == 1)
        #expect(page.text.contains("#     one_time_sequences = /etc/knockd/smtp_sequences\n"))
        #expect(
            page.text.contains("\n#[door opencloseSMTP]\n#protects    = 25/tcp\n#sequence    = FIRST SECOND THIRD\n"))
        #expect(page.text.contains("\n#open_for    = 5s\n#tcpflags    = fin !ack\n"))
    }
}
