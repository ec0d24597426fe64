import KnockConfig
import KnockConvert
import KnockCore
import PacketForge
import Testing

/// No text makes a conversion trap, and whatever comes of it is a configuration.
@Suite struct HostileTextTests {
    private static let examples = [KnockdExamplesTests.debian + KnockdExamplesTests.manual, RecentTests.rules]

    @Test(arguments: examples)
    func `every prefix of a good file is converted or refused`(text: String) {
        let bytes = Array(text.utf8)
        for length in 0...bytes.count { convert(Array(bytes.prefix(length))) }
    }

    @Test(arguments: examples)
    func `a good file with a byte changed is converted or refused`(text: String) {
        var random = SplitMix64(seed: 1)
        let good = Array(text.utf8)
        for index in stride(from: 0, to: good.count, by: 2) {
            var bytes = good
            bytes[index] = UInt8.random(in: 0...255, using: &random)
            convert(bytes)
        }
    }

    @Test func `random bytes are refused`() {
        var random = SplitMix64(seed: 2)
        for length in 0..<300 { convert((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }) }
    }

    @Test func `random pieces of files are converted or refused`() {
        let pieces = [
            "[a]\n", "[b]\n", "[options]\n", "\n", "\r\n", " ", "=", ",", ":", "#", ";", "|", "&", "(", ")", "'", "\"",
            "$(", "`",
            "\\", "{", "}", "!", "sequence = ", "1,2,3\n", "command = ", "stop_command = ", "iptables ", "-A INPUT ",
            "-D INPUT ",
            "-j ACCEPT\n", "--dport ", "22 ", "1:9 ", "-p tcp ", "-p udp ", "nft add rule ", "tcp dport ", "accept\n",
            "ufw allow ",
            "firewall-cmd --add-rich-rule=", "sh -c ", "-s %IP% ", "-m recent ", "--set ", "--rcheck ", "--remove ",
            "--name A ",
            "--seconds ", "99999999999999999999", "*filter\n", ":INPUT DROP [0:0]\n", "-j INPUT\n", "é", "\u{301}",
            "\0", "\u{85}",
        ]
        var random = SplitMix64(seed: 3)
        for length in 0..<300 {
            let text = (0..<length % 100).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            convert(Array(text.utf8))
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `rules that call each other in circles come to an end`() {
        let circle = "-A INPUT -j A\n" + String(repeating: "-A A -j B\n-A B -j A\n", count: 40)
        let ports = (1...300).map { "-A A -p tcp --dport \($0) -m recent --set --name N\($0)\n" }.joined()
        convert(Array((circle + ports).utf8))
        convert(Array((ports.replacing("-A A", with: "-A INPUT") + "-A INPUT -j DROP\n").utf8))
    }

    private func convert(_ bytes: [UInt8]) {
        let text = ForeignText(file: "k.conf", bytes: bytes, version: "0")
        for result in [Result { try Conversion.knockd(text) }, Result { try Conversion.recent(text) }] {
            switch result {
            case .success(let conversion):
                let reading = Configuration.read([ConfigurationText(file: "page", text: conversion.text)])
                #expect(reading.configuration?.rules.doors.count == conversion.doors, "\(conversion.text)")
            case .failure(let refusal): #expect("\(refusal)".hasPrefix("k.conf:"))
            }
        }
    }
}
