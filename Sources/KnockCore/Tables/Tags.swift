/// A byte for each slot of a table: free, or some bits of the hash of the source whose record stands there.
///
/// Eight of them are read in one step, from any slot on: behind the last tag the first seven stand once more, so that the
/// last slots' words hold what follows them.
struct Tags {
    static let free: UInt8 = 0
    /// The bit that every tag of a taken slot has.
    static let taken: UInt8 = 0x80

    private var bytes: [UInt8]
    private let count: Int

    init(count: Int) {
        self.count = count
        bytes = Array(repeating: Tags.free, count: count + TagWord.width - 1)
    }

    subscript(slot: Int) -> UInt8 {
        get { bytes[slot] }
        set {
            bytes[slot] = newValue
            // A table of less than seven slots stands behind itself more than once.
            var place = slot + count
            while place < bytes.count {
                bytes[place] = newValue
                place += count
            }
        }
    }

    /// The tags of `slot` and of the seven that follow it.
    func word(at slot: Int) -> TagWord {
        precondition(slot < count, "a table was asked for a slot that it doesn't have")
        // Any eight bytes are a number, and so many there are from each slot on.
        return unsafe TagWord(bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: slot, as: UInt64.self))
    }
}

/// Eight tags, the first of them in the lowest byte.
struct TagWord {
    /// How many there are.
    static let width = 8

    let bits: UInt64

    init(_ native: UInt64) { bits = UInt64(littleEndian: native) }

    private static let highest: UInt64 = 0x8080_8080_8080_8080
    private static let lowest: UInt64 = 0x0101_0101_0101_0101

    private var free: UInt64 { ~bits & TagWord.highest }

    var hasFree: Bool { free != 0 }

    /// The first free place. There must be one.
    var firstFree: Int { free.trailingZeroBitCount / 8 }

    /// The places ahead of the first free one that have this tag. Behind one that has, a place may be named that hasn't:
    /// subtracting borrows from the next byte.
    func places(of tag: UInt8) -> Places {
        let difference = bits ^ (TagWord.lowest &* UInt64(tag))
        let equal = (difference &- TagWord.lowest) & ~difference & TagWord.highest
        return Places(bits: equal & (free &- 1) & ~free)
    }

    /// Some of the eight places, in their order.
    struct Places {
        /// The highest bit of each byte that is named.
        fileprivate var bits: UInt64

        mutating func popFirst() -> Int? {
            guard bits != 0 else { return nil }
            defer { bits &= bits &- 1 }
            return bits.trailingZeroBitCount / 8
        }
    }
}
