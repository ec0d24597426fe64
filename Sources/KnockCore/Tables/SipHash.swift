/// The key of the tables' hash, drawn at random when the gate is made, so that nobody outside can tell which sources
/// meet in one bucket.
public struct HashSeed: Sendable {
    let first: UInt64
    let second: UInt64

    public init(_ first: UInt64, _ second: UInt64) {
        (self.first, self.second) = (first, second)
    }

    /// SipHash-1-3 (Aumasson and Bernstein, 2012) of an address: its 16 bytes, then its family.
    package func hash(_ address: Address) -> UInt64 {
        var state = SipState(key: self)
        state.take(address.high)
        state.take(address.low)
        state.take(UInt64(17) << 56 | UInt64(address.family.rawValue))  // The last block carries the length.
        return state.finish()
    }
}

private struct SipState {
    private var v0, v1, v2, v3: UInt64

    init(key: HashSeed) {
        v0 = key.first ^ 0x736f_6d65_7073_6575
        v1 = key.second ^ 0x646f_7261_6e64_6f6d
        v2 = key.first ^ 0x6c79_6765_6e65_7261
        v3 = key.second ^ 0x7465_6462_7974_6573
    }

    mutating func take(_ block: UInt64) {
        v3 ^= block
        round()
        v0 ^= block
    }

    mutating func finish() -> UInt64 {
        v2 ^= 0xFF
        round()
        round()
        round()
        return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
        v0 &+= v1
        v1 = (v1 << 13 | v1 >> 51) ^ v0
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v3
        v3 = (v3 << 16 | v3 >> 48) ^ v2
        v0 &+= v3
        v3 = (v3 << 21 | v3 >> 43) ^ v0
        v2 &+= v1
        v1 = (v1 << 17 | v1 >> 47) ^ v2
        v2 = v2 << 32 | v2 >> 32
    }
}
