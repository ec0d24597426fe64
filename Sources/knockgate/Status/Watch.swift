import KnockControl

/// Shows the status every second until the user has seen enough: in place on a terminal, one after the other elsewhere.
struct Watch {
    let client: ControlClient
    let asJSON: Bool

    /// Shows it at least once, or throws; a daemon that goes away later is waited for.
    func run() throws(Failure) {
        var status: Result<Status, Failure> = .success(try client.status())
        let screen = Screen(isTerminal: !asJSON && Terminal.current.size != nil)
        repeat {
            show(status)
            guard screen.pause(.seconds(1)) else { return }
            status = Result { () throws(Failure) in try client.status() }
        } while true
    }

    private func show(_ status: Result<Status, Failure>) {
        switch status {
        case .success(let status) where asJSON: Output.say(status.json)
        case .failure(let failure) where asJSON: Output.complain("knockgate: \(failure)")
        case .success(let status): show(StatusTable(status).lines)
        case .failure(let failure): show([InkLine(prose: "\(failure)", .warning)])
        }
    }

    private func show(_ lines: [InkLine]) {
        let terminal = Terminal.current
        let picture = Picture(lines: lines)
        Output.show(terminal.size == nil ? picture.text(on: terminal) + "\n" : picture.frame(on: terminal))
    }
}
