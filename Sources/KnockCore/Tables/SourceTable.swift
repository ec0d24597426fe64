/// What a table keeps about a source: one of possibly several records, each for a door or a sequence.
protocol SourceRecord: BitwiseCopyable {
    var source: Address { get }
}

/// A source as tables look it up: the hash of its address is reckoned once for all of them.
struct Caller {
    let source: Source
    let hash: UInt64

    init(_ source: Source, _ seed: HashSeed) {
        self.source = source
        hash = seed.hash(source.address)
    }
}

/// Records by source, in memory set aside once: a hash table in which every record stands at its home, or in the first
/// free slot behind it (linear probing).
///
///     source ─hash─▶ home   tags │ · │ a │ b │ a │ · │       slots │   │ x │ y │ z │   │
///                                      ▲                                 ▲
///
/// A byte for each slot, its tag, tells almost all other sources from the one that is looked for: a stranger is known
/// by a few neighbouring bytes, and only a slot that is wanted is looked at. The tags of a million records fit a
/// processor's nearest caches, their slots don't. At least a third of the slots is free, so that the way is short.
///
/// When a record goes, those behind it may move up: their slots change, and the caller is told. The table never holds
/// more than `capacity` records; what happens then is for the table built on it to say.
struct SourceTable<Record: SourceRecord> {
    private struct Slot: BitwiseCopyable {
        var record: Record
        /// The upper half of the source's hash, from which the home is reckoned.
        var hash: UInt32
    }

    let capacity: Int
    private(set) var count = 0

    /// 0 for a free slot; else some bits of the hash, and one that is always set.
    private var tags: [UInt8]
    /// Those that are free hold nothing.
    private var slots: [Slot]

    init(capacity: Int) {
        self.capacity = capacity
        let size = capacity + capacity / 2 + 1
        tags = Array(repeating: 0, count: size)
        slots = Array(untouched: size)
    }

    /// How many slots there are, free ones among them.
    var size: Int { slots.count }
    var isFull: Bool { count == capacity }

    subscript(slot: Int) -> Record {
        get { slots[slot].record }
        set { slots[slot].record = newValue }
    }

    /// The first slot with a record of this source.
    func first(of caller: Caller) -> Int? {
        match(caller, from: home(of: caller.hash32))
    }

    /// The first slot at or behind `slot` with a record of this source: behind one that was found before, or from the
    /// slot of one that was taken out.
    func match(_ caller: Caller, from slot: Int) -> Int? {
        let tag = caller.tag
        var slot = slot == slots.count ? 0 : slot
        while tags[slot] != 0 {
            if tags[slot] == tag, slots[slot].record.source == caller.source.address { return slot }
            slot = self.slot(after: slot)
        }
        return nil
    }

    /// Puts `record` into a free slot. The table must not be full.
    mutating func insert(_ record: Record, of caller: Caller) -> Int {
        precondition(!isFull, "a record was put into a full table")
        var slot = home(of: caller.hash32)
        while tags[slot] != 0 { slot = self.slot(after: slot) }
        tags[slot] = caller.tag
        slots[slot] = Slot(record: record, hash: caller.hash32)
        count += 1
        return slot
    }

    /// Takes the record in `slot` out, and moves up those behind it that are nearer to their homes then.
    ///
    /// - Parameter moved: is told of each record that moves.
    mutating func remove(_ slot: Int, moved: (_ from: Int, _ to: Int) -> Void) {
        var hole = slot
        var candidate = self.slot(after: hole)
        while tags[candidate] != 0 {
            if distance(from: home(of: slots[candidate].hash), to: candidate) >= distance(from: hole, to: candidate) {
                tags[hole] = tags[candidate]
                slots[hole] = slots[candidate]
                moved(candidate, hole)
                hole = candidate
            }
            candidate = self.slot(after: candidate)
        }
        tags[hole] = 0
        count -= 1
    }

    private func home(of hash: UInt32) -> Int {
        Int((UInt64(hash) &* UInt64(slots.count)) >> 32)
    }

    private func slot(after slot: Int) -> Int { slot + 1 == slots.count ? 0 : slot + 1 }

    private func distance(from start: Int, to end: Int) -> Int {
        end >= start ? end - start : end - start + slots.count
    }
}

extension Caller {
    /// The half of the hash that says where its home is; the other makes the tag.
    fileprivate var hash32: UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }
    fileprivate var tag: UInt8 { UInt8(truncatingIfNeeded: hash) | 0x80 }
}
