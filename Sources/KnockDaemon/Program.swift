internal import Host

/// The program `knockgated`: reads the command line, runs the daemon, answers the exit code: 0 when it was told to leave,
/// 1 when something made it impossible to start or to go on, 2 for a wrong command line.
public func runDaemon(_ arguments: [String]) -> Int32 {
    do {
        let options = try Options(arguments: arguments)
        if let answer = options.answer {
            Console.answer(answer)
            return 0
        }
        DaemonRights.shield()
        Memory.giveBackTables()  // A reload makes them anew while the old ones are still there.
        var daemon = try Daemon.start(options)
        DaemonRights.giveUpRest(options)
        try daemon.run()
        return 0
    } catch let error as UsageError {
        Console.say(.error, "knockgated: \(error); see knockgated --help")
        return 2
    } catch {
        Console.say(.error, "knockgated: \(error)")
        return 1
    }
}
