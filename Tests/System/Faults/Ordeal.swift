/// A gate whose daemon is killed again and again, and what its guests saw meanwhile.
import CStage
import Foundation
import Glibc
import KnockCore
import PacketForge
import Synchronization

@testable import KnockDaemon

final class Ordeal: Sendable {
    /// What was counted, and what must not have been.
    struct Tally {
        var kills: [ClosedRange<Int64>] = []
        var accepts = 0
        var lostLately = 0
        var longestWait = Duration.zero
        var wrongs: [String] = []
    }

    let stage: Stage
    private let manager: ServiceManager
    private let stored = Mutex(Tally())
    private let over = Atomic(false)

    init(_ stage: Stage, under manager: ServiceManager) {
        (self.stage, self.manager) = (stage, manager)
    }

    var tally: Tally { stored.withLock { $0 } }
    var isOver: Bool { over.load(ordering: .relaxed) }

    func end() { over.store(true, ordering: .relaxed) }

    func note(_ change: @Sendable (inout Tally) -> Void) { stored.withLock { change(&$0) } }

    func wrong(_ what: String) { note { $0.wrongs.append(what) } }

    /// Whether a daemon was killed in this time, or may have been.
    func wasKilled(in time: ClosedRange<Int64>) -> Bool {
        stored.withLock { $0.kills.contains { $0.overlaps(time) } }
    }

    /// Starts a daemon on the calling thread's machine, as the manager's service, and kills it after so many microseconds.
    func life(_ microseconds: UInt32) throws {
        let arguments = try [
            Program.shell.path, "-c", Ordeal.givingStandardInput, "sh", stage.path("notify"), Program.knockgated.path,
            "--config", stage.path("knockgate.conf"), "--socket", stage.path("control.sock"), "--state",
            stage.path("state"),
        ]
        guard let held = manager.held else { throw StageError("the manager holds no queue") }
        // Pointers to copies that live until they are freed here.
        var pointers = unsafe arguments.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { unsafe pointers.forEach { unsafe free($0) } }
        let process = unsafe stage_spawn(pointers, held, stage.path("log"))
        guard process > 0 else { throw StageError("can't start a daemon: \(errorText(-process))") }
        usleep(microseconds)
        let before = Guest.now
        kill(process, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        note { [after = Guest.now] in $0.kills.append(before...after) }
        // WTERMSIG: whatever else ended it, it ended by itself.
        if status & 0x7F != SIGKILL { wrong("a daemon ended by itself, with wait's status \(status)") }
    }

    private static let givingStandardInput = """
        exec 3<&0 </dev/null; export NOTIFY_SOCKET="$1" LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=queue; shift; exec "$@"
        """

    /// Reads the state file while no daemon is there: it has to be whole but for its last line, and to hold no more than
    /// what was granted.
    ///
    /// - Parameter console: when the one lease that rests ends.
    func inspect(_ guests: [Guest], console: Int64?, number: Int) throws {
        guard let book = try book() else { return wrong("after kill \(number) the state file can't be read") }
        if book.leases[Ordeal.resting]?.deadline != console { wrong("kill \(number) changed the lease that rests") }
        let sources = Set(guests.map { "\($0.visitor.address)" })
        for holder in book.leases.keys
        where holder != Ordeal.resting && !(holder.door == "ssh" && sources.contains(holder.source)) {
            wrong("after kill \(number) there is a lease that nobody was granted: \(holder)")
        }
        for guest in guests { guest.compare(with: book, number: number) }
    }

    private func book() throws -> LeaseBook? { LeaseBook(try stage.contents(of: "state/leases")) }

    /// When the lease ends that nobody touches, as the state file has it.
    func restingDeadline() throws -> Int64? { try book()?.leases[Ordeal.resting]?.deadline }

    private static let resting = LeaseBook.Holder(door: "console", source: "203.0.113.7")

    /// Tries a port again and again, which has to answer in the same way each time.
    func visits(by visitor: Visitor, _ port: KnockCore.Port, finding expected: Connection.Answer) async throws {
        try await visitor.machine.inside { [self] in
            while !isOver {
                let answer = try Moment(visitor: visitor).tries(port, patience: .seconds(3)).answer
                if answer != expected { wrong("\(visitor.address) found \(port) \(answer)") }
                usleep(5000)
            }
        }
    }

    /// How long the log is, and what was added to it since it was so long.
    var logLength: UInt64 {
        (try? FileManager.default.attributesOfItem(atPath: stage.path("log"))[.size] as? UInt64) ?? 0
    }

    func log(since length: UInt64) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: stage.path("log")))
        defer { try? file.close() }
        try file.seek(toOffset: length)
        return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    }
}
