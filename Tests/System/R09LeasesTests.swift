import KnockCore
import Subprocess
import Testing

extension Stories {
    @Suite struct `R9: leases` {
        @Test(.timeLimit(.minutes(1)))
        func `a session lives on when its lease has ended`() async throws {
            try await Stage.withDaemon(sshDoor(openFor: "2s"), behind: .dropping) { stage, daemon in
                let listener = try await stage.serves(22)
                try await stage.client.knocks(sshKnocks)
                let session = try await stage.client.tries(.ssh)
                let other = try await listener.accept()
                try await daemon.waits(untilLogSays: "door ssh closed for 203.0.113.7")
                try await #expect(daemon.status().doors[0].leases.isEmpty)
                try await #expect(stage.client.finds(.ssh) == .silent)
                session.write("still here?")
                #expect(other.read() == "still here?")
                other.write("yes")
                #expect(session.read() == "yes")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `knocking again sets the deadline anew`() async throws {
            try await Stage.withDaemon(sshDoor(openFor: "5s")) { stage, daemon in
                try await stage.client.knocks(sshKnocks)
                try await daemon.waits(until: "a second has passed") { status in
                    status.leases(of: "203.0.113.7").contains { $0.remaining < 4 }
                }
                try await stage.client.knocks(sshKnocks)
                let status = try await daemon.waits(until: "the door opened again") { $0.opened == 2 }
                let leases = status.leases(of: "203.0.113.7")
                #expect(leases.count == 1 && leases.allSatisfy { $0.remaining > 4 })
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `an administrator opens and closes a door without a knock`() async throws {
            try await Stage.withDaemon(sshDoor()) { stage, daemon in
                try await stage.serves(22)
                try await daemon.knockgate("open", "ssh", "203.0.113.7", "--for", "1m").succeeded()
                try await #expect(stage.client.finds(.ssh) == .accepted)
                try await #expect(
                    daemon.status().leases(of: "203.0.113.7").contains { (50...60).contains($0.remaining) })
                try await daemon.knockgate("close", "ssh", "203.0.113.7").succeeded()
                try await #expect(stage.client.finds(.ssh) == .silent)
                let refused = try await daemon.knockgate("open", "cellar", "203.0.113.7")
                #expect(refused.status == .exited(1) && refused.errors.contains("cellar"), "\(refused)")
            }
        }
    }
}
