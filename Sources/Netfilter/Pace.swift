/// Whether to wait a moment before receiving, so that packets come in batches: under load that halves the cost of each,
/// when it is quiet it would only make an answer late.
struct Pace {
    /// From this many packets a second on it pays to wait.
    static let busy = 20_000
    /// How long to wait: at most a packet or two arrive in the time that a wake-up costs.
    static let pause = 50_000  // Nanoseconds.

    private var windowStart: Int64 = 0
    private var count = 0
    private(set) var isBusy = false

    /// Takes note that `packets` came in at `now` (nanoseconds). Rates are taken over windows of 10 ms or more.
    mutating func note(_ packets: Int, at now: Int64) {
        count += packets
        let elapsed = now - windowStart
        guard elapsed >= 10_000_000 else { return }
        isBusy = Double(count) * 1e9 >= Double(Pace.busy) * Double(elapsed)
        (windowStart, count) = (now, 0)
    }
}
