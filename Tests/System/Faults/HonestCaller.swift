/// Somebody who goes on doing what honest people do, again and again, while the gate is under attack.
import Glibc
import KnockCore
import Synchronization

/// What became of it.
struct Calls: Sendable {
    var answered = 0
    var unanswered = 0
    /// The longest that anybody waited for an answer.
    var longest = Duration.zero

    fileprivate mutating func note(_ answer: Connection.Answer, _ duration: Duration) {
        if answer == .silent { unanswered += 1 } else { answered += 1 }
        longest = max(longest, duration)
    }
}

extension Visitor {
    /// Asks a port that the firewall refuses, every few milliseconds, while the story plays.
    func asks(while story: () async throws -> Void) async throws -> Calls {
        try await goesOn(while: story) { moment, calls in
            let connection = try moment.tries(.unprotected, patience: .seconds(3))
            calls.note(connection.answer, connection.duration)
        }
    }

    /// Knocks and connects, again and again, while the story plays. An answer is a connection that was accepted.
    func visits(while story: () async throws -> Void) async throws -> Calls {
        try await goesOn(while: story) { moment, calls in
            try moment.knock(sshKnocks)
            let connection = try moment.tries(.ssh)
            calls.note(connection.answer == .accepted ? .accepted : .silent, connection.duration)
        }
    }

    /// Knocks again and again while the story plays, whether or not there is a way to the server.
    func knocks(while story: () async throws -> Void) async throws {
        _ = try await goesOn(while: story) { moment, _ in try? moment.knock(sshKnocks) }
    }

    private func goesOn(
        while story: () async throws -> Void, _ act: @escaping @Sendable (Moment, inout Calls) throws -> Void
    ) async throws -> Calls {
        let isOver = IsOver()
        async let calls = acts { moment in
            var calls = Calls()
            while !isOver.value.load(ordering: .relaxed) {
                try act(moment, &calls)
                usleep(5000)
            }
            return calls
        }
        let played: Result<Void, any Error>
        do { played = .success(try await story()) } catch { played = .failure(error) }
        isOver.value.store(true, ordering: .relaxed)
        let outcome = try await calls
        try played.get()
        return outcome
    }

    private final class IsOver: Sendable {
        let value = Atomic(false)
    }
}
