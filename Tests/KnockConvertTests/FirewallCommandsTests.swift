import KnockConvert
import KnockCore
import Testing

/// The ports that a door protects are those that its command opens.
@Suite struct FirewallCommandsTests {
    @Test(arguments: [
        ("iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT", "22/tcp"),
        (
            "/usr/bin/sudo -n /usr/sbin/iptables -w 5 -I INPUT 3 -p udp -s %IP%/32 --destination-port=1194 -j ACCEPT",
            "1194/udp"
        ),
        (
            "iptables -I INPUT -s %IP% -p tcp -m multiport --dports 80,443 -m state --state NEW -j ACCEPT",
            "80/tcp 443/tcp"
        ),
        ("iptables -A INPUT -s %IP% -ptcp --dport 1000:1003 -jACCEPT", "1000/tcp 1001/tcp 1002/tcp 1003/tcp"),
        ("iptables -A INPUT --source %IP% --protocol tcp --dport ssh --jump ACCEPT", "22/tcp"),
        (
            "iptables -C INPUT -s %IP% -p tcp --dport 22 -j ACCEPT || iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT",
            "22/tcp"
        ),
        (
            "if ! iptables -C INPUT -p tcp --dport 22; then iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT; fi",
            "22/tcp"
        ),
        ("/bin/sh -c \"iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT >/dev/null 2>&1\"", "22/tcp"),
        (
            "iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT;iptables -A INPUT -s %IP% -p udp --dport 53 -j ACCEPT",
            "22/tcp 53/udp"
        ),
        ("ip6tables -A knock -s %IP% -p tcp --dport 22 -m comment --comment 'by knockd; (%IP%)' -j ACCEPT", "22/tcp"),
        ("iptables -D INPUT -s %IP% -p tcp --dport 22 -j DROP", "22/tcp"),
        (
            "iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT # ; iptables -I INPUT -p tcp --dport 80 -j ACCEPT",
            "22/tcp"
        ),
        (
            "iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT>x&&iptables -I INPUT -s %IP% -p tcp --dport 23 -j ACCEPT",
            "22/tcp 23/tcp"
        ),
        ("PORT=80 IP=%IP% iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT", "22/tcp"),
        ("nft add rule inet filter input ip saddr %IP% tcp dport 22 accept", "22/tcp"),
        (
            "nft insert rule inet filter input position 4 ip saddr %IP% tcp dport { 22, 80-81 } ct state new counter accept",
            "22/tcp 80/tcp 81/tcp"
        ),
        ("nft 'add rule ip filter INPUT ip saddr %IP% udp dport {500,4500} accept'", "500/udp 4500/udp"),
        ("nft add rule inet f i ip saddr %IP% meta l4proto udp th dport 53 accept", "53/udp"),
        ("ufw allow from %IP% to any port 22 proto tcp", "22/tcp"),
        ("ufw insert 1 allow from %IP% to any port 22", "22/tcp 22/udp"),
        ("ufw allow proto udp from %IP% to any port 60000:60002 comment 'mosh'", "60000/udp 60001/udp 60002/udp"),
        ("ufw allow OpenSSH", "22/tcp"), ("ufw limit 22/tcp", "22/tcp"),
        (
            "firewall-cmd --zone=public --add-rich-rule='rule family=\"ipv4\" source address=\"%IP%\" port port=\"22\" protocol=\"tcp\" accept'",
            "22/tcp"
        ),
        ("firewall-cmd --add-rich-rule 'rule family=ipv4 source address=%IP% service name=ssh accept'", "22/tcp"),
        ("firewall-cmd --add-port=8443/tcp --timeout=30", "8443/tcp"),
        ("/usr/sbin/knock_helper_ipt.sh -i -c INPUT -p tcp -d 443 -f %IP%", "443/tcp"),
    ])
    func `an opening command names the protected ports`(command: String, ports: String) throws {
        #expect(try door(saying: "command = \(command)").protects.map(\.description).joined(separator: " ") == ports)
    }

    @Test(arguments: [
        ("iptables -A INPUT -s %IP% -j ACCEPT", "it names no port (--dport)"),
        ("iptables -A INPUT -s %IP% -p tcp --dport 1:1024 -j ACCEPT", "more than the 64 ports that a door can protect"),
        ("iptables -A INPUT -s %IP% -p tcp ! --dport 80 -j ACCEPT", "it is about all ports but some"),
        ("iptables -A INPUT -s %IP% -p icmp -j ACCEPT", "a door protects TCP and UDP ports"),
        ("iptables -A INPUT -s %IP% -p tcp --dport $PORT -j ACCEPT", "\"$PORT\" is no port known here"),
        ("iptables -t nat -A PREROUTING -s %IP% -p tcp --dport 22 -j REDIRECT --to-ports 2222", "translates addresses"),
        ("iptables -A FORWARD -s %IP% -p tcp --dport 22 -j ACCEPT", "isn't one for this machine"),
        ("nft add element inet filter knockers { %IP% timeout 30s }", "the rule that asks for this set"),
        ("nft add rule inet filter input ip saddr %IP% accept", "it names no port (dport)"),
        ("ipset -exist add knockers %IP%", "the rule that asks for this set"),
        ("ufw allow from %IP%", "it names no port"),
        ("ufw allow from %IP% to any app Samba", "ufw's profile \"Samba\""),
        ("firewall-cmd --zone=trusted --add-source=%IP%", "the zone that the source is put into"),
    ])
    func `where the ports can't be told the door is a comment, with the reason`(command: String, reason: String) throws
    {
        let good = "[b]\nsequence = 41067,9302,27511\ncommand = ufw allow from %IP% to any port 22 proto tcp\n"
        let page = try knockd("\(good)[a]\nsequence = 5000,7000,6000\ncommand = \(command)\n")
        #expect(page.doors == 1 && page.flat.contains(reason), "\(page.text)")
        #expect(page.text.contains("#     command = \(command)\n") && page.text.contains("\n#protects    = PORT/tcp\n"))
    }

    @Test(arguments: [
        ("iptables -A INPUT -p tcp --dport 22 -j ACCEPT", "the rule is for everyone (no -s %IP%)"),
        ("iptables -A INPUT -s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT", "the rule is for 10.0.0.0/8"),
        ("iptables -A INPUT -i eth1 -s %IP% -p tcp --dport 22 -j ACCEPT", "the rule holds for -i eth1 only"),
        ("nft add rule inet f i iifname eth1 tcp dport 22 accept", "the rule holds for iifname eth1 only"),
        ("ufw allow from %IP% to any port 22", "ufw takes both protocols where none is named"),
        ("ufw allow 22/tcp", "the rule is for everyone (no from %IP%)"),
        ("firewall-cmd --add-service=ssh", "the rule is for everyone"),
    ])
    func `where a door does otherwise it is noted`(command: String, words: String) throws {
        let page = try knockd("[a]\nsequence = 41067,9302,27511\ncommand = \(command)\n")
        #expect(page.flat.contains("NOTE: \(words)") && page.text.contains("#     command = \(command)\n"))
    }
}
