import KnockCore
import Testing

extension Stories {
    @Suite struct `Through the door at full speed` {
        private static let bytes = 300_000_000

        /// In turns, so that what else the machine does holds up both. Alone it's faster than nc; the bound leaves room for
        /// noise.
        @Test(.timeLimit(.minutes(2)), arguments: Direction.allCases)
        func `connect takes not much longer than nc`(direction: Direction) async throws {
            try await Stage.set(behind: .admittingSSH, rule: QueueRule(states: "INVALID")) { stage in
                let nc = try [Program.nc.path, "-N", "203.0.113.5", "22"]
                let connect = try [Program.knockgate.path, "connect", "203.0.113.5", "22", "1"]
                var (theirs, ours) = (Duration.zero, Duration.zero)
                for _ in 0..<3 {
                    theirs += try await stage.transfers(Self.bytes, direction, by: nc)
                    ours += try await stage.transfers(Self.bytes, direction, by: connect)
                }
                let ratio = theirs / ours
                #expect(ratio >= 0.6, "nc took \(theirs), connect \(ours)")
            }
        }
    }
}

enum Direction: CaseIterable {
    case toTheClient, toTheServer
}

extension Stage {
    /// How long it takes the client's command to pass on so many bytes.
    fileprivate func transfers(_ bytes: Int, _ direction: Direction, by command: [String]) async throws -> Duration {
        switch direction {
        case .toTheClient: try await receives(bytes, by: command)
        case .toTheServer: try await sends(bytes, by: command)
        }
    }

    private func receives(_ bytes: Int, by command: [String]) async throws -> Duration {
        let listener = try await server.inside { try Listener(port: 22) }
        let start = ContinuousClock.now
        async let finished = client.machine.run(
            .shell, ["-c", "\"$@\" </dev/null | wc -c", "sh"] + command, within: .seconds(30))
        let other = try await listener.accept()
        try await server.inside {
            let piece = [UInt8](repeating: 0, count: 1_000_000)
            for _ in 0..<(bytes / piece.count) { other.write(piece) }
            other.end()
        }
        try await #expect(finished.output == "\(bytes)\n")
        return start.duration(to: .now)
    }

    private func sends(_ bytes: Int, by command: [String]) async throws -> Duration {
        let receiving = ["-c", "nc -nlv 22 | wc -c >\"$0\"", path("count")]
        return try await server.hosting(.shell, receiving, ready: "Listening on") { process in
            let start = ContinuousClock.now
            let sending = ["-c", "head -c \(bytes) /dev/zero | \"$@\"", "sh"] + command
            try await client.machine.run(.shell, sending, within: .seconds(30)).succeeded()
            try await eventually("the server has ended") { process.log.isOver }
            #expect(try contents(of: "count") == "\(bytes)\n")
            return start.duration(to: .now)
        }.answer
    }
}

extension Program {
    fileprivate static let nc = Program(name: "nc", package: "netcat-openbsd")
}
