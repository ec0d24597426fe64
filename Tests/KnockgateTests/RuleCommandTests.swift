import KnockCore
import Testing

@testable import knockgate

@Suite struct RuleCommandTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `the rule is printed for the configuration`() throws {
        let file = try scratch.file("good.conf", goodConfiguration)
        let rule = DivertRule(queue: 7, mark: 0x2000)
        var narrow = rule
        narrow.ports = [22, 4444, 3333, 80, 1122, 2233].map { .tcp($0) } + [.udp(2222), .udp(3344)]
        let cases: [([String], String)] = [
            ([], rule.commands(.insert)), (["--remove"], rule.commands(.remove)),
            (["--restore"], rule.restoreFile(.insert)), (["--restore", "--remove"], rule.restoreFile(.remove)),
            (["--nft"], rule.nftCommands(.insert)), (["--nft", "--remove"], rule.nftCommands(.remove)),
            (["--nft", "--restore"], rule.nftFile), (["--narrow"], narrow.commands(.insert)),
        ]
        for (arguments, text) in cases {
            let program = try Program.run(["rule", "--config", file] + arguments)
            #expect((program.output, program.errors, program.code) == (text, "", 0))
        }
    }

    @Test func `where a door hears other flags than SYN, the rule sends invalid packets, too`() throws {
        let file = try scratch.file(
            "fin.conf", goodConfiguration + "\n[door fin]\nprotects = 9\nsequence = 5 9999 77\ntcpflags = fin\n")
        let program = try Program.run("rule", "--config", file)
        #expect(program.output.contains("--ctstate NEW,INVALID "), "\(program)")
    }

    @Test func `for a bad configuration there is no rule`() throws {
        let file = try scratch.file("bad.conf", "[gate]\nqueue = x\n")
        let program = try Program.run("rule", "--config", file)
        #expect((program.output, program.code) == ("", 1))
        #expect(program.errors.hasPrefix("knockgate: \(file):2:9: "))
    }

    @Test func `without a door there is nothing to narrow the rule to`() throws {
        let file = try scratch.file("empty.conf", "")
        let program = try Program.run("rule", "--narrow", "--config", file)
        #expect((program.output, program.code) == ("", 1))
        #expect(program.errors == "knockgate: \(file) has no door to narrow the rule to\n")
    }
}
