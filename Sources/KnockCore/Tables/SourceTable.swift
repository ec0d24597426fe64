/// What a table keeps about a source: one of possibly several records, each for a door or a sequence.
protocol SourceRecord {
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

/// Records by source, in memory set aside once: a hash table whose buckets chain slots of one array.
///
///     source ─hash─▶ marks ─▶ bucket ─▶ slot ─▶ slot ─▶ end
///
/// All records of a source stand in one chain, so that one look-up finds every visit, or every lease, that it has. Most
/// packets are of sources that have none: a byte of marks for each bucket says so without a look at the chain, and the
/// marks of a million records fit a processor's nearest caches. The table never holds more than `capacity` records; what
/// happens then is for the table built on it to say.
struct SourceTable<Record: SourceRecord> {
    private struct Slot {
        var record: Record
        var next: UInt32
    }

    let capacity: Int
    private(set) var count = 0

    private let seed: HashSeed
    /// For each bucket a bit for each record in its chain, one of eight by its hash. A bit may stay on when its record
    /// has gone, until the chain is empty.
    private var marks: [UInt8]
    private var buckets: [UInt32]
    private var slots: [Slot] = []
    private var firstFree = end

    private static var end: UInt32 { .max }

    init(capacity: Int, seed: HashSeed) {
        self.capacity = capacity
        self.seed = seed
        var bucketCount = 1
        while bucketCount < capacity { bucketCount *= 2 }
        marks = Array(repeating: 0, count: bucketCount)
        buckets = Array(repeating: Self.end, count: bucketCount)
        slots.reserveCapacity(capacity)
    }

    var isFull: Bool { count == capacity }

    subscript(slot: Int) -> Record {
        get { slots[slot].record }
        set { slots[slot].record = newValue }
    }

    /// The first slot with a record of this source.
    func first(of caller: Caller) -> Int? {
        let bucket = bucket(of: caller.hash)
        guard marks[bucket] & SourceTable.mark(of: caller.hash) != 0 else { return nil }
        return firstMatch(for: caller.source.address, from: buckets[bucket])
    }

    /// The next slot after `slot` with a record of the same source.
    func next(after slot: Int) -> Int? {
        firstMatch(for: slots[slot].record.source, from: slots[slot].next)
    }

    /// Puts `record` into a free slot. The table must not be full.
    mutating func insert(_ record: Record, of caller: Caller) -> Int {
        precondition(!isFull, "a record was put into a full table")
        let bucket = bucket(of: caller.hash)
        let entry = Slot(record: record, next: buckets[bucket])
        let slot = takeFreeSlot(for: entry)
        buckets[bucket] = UInt32(slot)
        marks[bucket] |= SourceTable.mark(of: caller.hash)
        count += 1
        return slot
    }

    /// Takes the record in `slot` out; its slot is used again first.
    mutating func remove(_ slot: Int) {
        let bucket = bucket(of: seed.hash(slots[slot].record.source))
        let next = slots[slot].next
        if buckets[bucket] == UInt32(slot) {
            buckets[bucket] = next
            if next == Self.end { marks[bucket] = 0 }
        } else {
            var before = Int(buckets[bucket])
            while slots[before].next != UInt32(slot) { before = Int(slots[before].next) }
            slots[before].next = next
        }
        slots[slot].next = firstFree
        firstFree = UInt32(slot)
        count -= 1
    }

    private func bucket(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash) & (buckets.count - 1)
    }

    private static func mark(of hash: UInt64) -> UInt8 { 1 << UInt8(truncatingIfNeeded: hash >> 61) }

    private func firstMatch(for source: Address, from link: UInt32) -> Int? {
        var link = link
        while link != Self.end {
            if slots[Int(link)].record.source == source { return Int(link) }
            link = slots[Int(link)].next
        }
        return nil
    }

    private mutating func takeFreeSlot(for entry: Slot) -> Int {
        guard firstFree != Self.end else {
            slots.append(entry)
            return slots.count - 1
        }
        let slot = Int(firstFree)
        firstFree = slots[slot].next
        slots[slot] = entry
        return slot
    }
}
