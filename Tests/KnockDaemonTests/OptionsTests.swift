import Testing

@testable import KnockDaemon

@Suite struct OptionsTests {
    @Test func `without options the daemon lives where the package puts it`() throws {
        let options = try Options(arguments: [])
        #expect(options.config == "/etc/knockgate/knockgate.conf")
        #expect(options.socket == "/run/knockgate/control.sock")
        #expect(options.state == "/var/lib/knockgate")
        #expect(!options.verbose)
        #expect(options.answer == nil)
    }

    @Test func `each path can be named, behind a blank or an equals sign`() throws {
        let options = try Options(arguments: ["--config", "a", "--socket=b=c", "--state", "d", "-v"])
        #expect((options.config, options.socket, options.state) == ("a", "b=c", "d"))
        #expect(options.verbose)
    }

    @Test func `help and version are printed, not run`() throws {
        #expect(try Options(arguments: ["--version"]).answer?.hasPrefix("knockgated 0.") == true)
        #expect(try Options(arguments: ["-h"]).answer?.contains("--state DIR") == true)
    }

    @Test(arguments: [["--verbose=no"], ["--confg", "x"], ["x"], ["--config"], ["--config="], ["--state", ""]])
    func `what can't be understood is refused`(arguments: [String]) {
        #expect(throws: UsageError.self) { try Options(arguments: arguments) }
    }
}
