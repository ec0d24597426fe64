/// The most exact way to say what a packet costs a listener: it is stopped, packets wait for it, it goes on.
///
/// Nothing else happens meanwhile: no packet comes, so that all of the listener's time, the kernel's work in its calls
/// and the packets' second walk through the chain among it, is for those that waited.
enum Drain {
    /// As many as the gate's buffer of 16 MiB holds.
    static let packets = 40_000
}

extension Bench {
    /// How long a listener worked for each of the packets that had waited for it, in microseconds.
    func drain(_ listener: Background, _ sending: Sending) async throws -> Double {
        var sending = sending
        // Memory that is touched for the first time has its price, too; it isn't the packets'.
        (sending.count, sending.rate) = (5_000, 50_000)
        _ = try await send(sending)
        try await Kernel.waitUntilAnswered(by: listener.pid)

        try listener.stop()
        (sending.count, sending.rate) = (Drain.packets, 200_000)
        let before = try Kernel.Queue(of: listener.pid)
        _ = try await send(sending)
        let queue = try Kernel.Queue(of: listener.pid)
        guard queue.waiting == Drain.packets else {
            throw BenchError(
                "only \(queue.waiting) of \(Drain.packets) packets wait, \(queue.lost - before.lost) were lost")
        }
        let start = try Kernel.runTime(of: listener.pid)
        try listener.goOn()
        try await Kernel.waitUntilAnswered(by: listener.pid)
        try await Task.sleep(for: .milliseconds(20))  // It may have something to say when all is answered.
        return (try Kernel.runTime(of: listener.pid) - start) * 1e6 / Double(Drain.packets)
    }
}
