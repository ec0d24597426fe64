/// What a table keeps about a source: one of possibly several records, each for a door or a sequence.
protocol SourceRecord: BitwiseCopyable {
    var source: Address { get }
    /// The upper half of the source's hash, from which the record's home is reckoned.
    var hash: UInt32 { get }
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
/// A byte for each slot, its tag, tells almost all other sources from the one that is looked for. Eight tags are looked
/// at in one step, so that a stranger is mostly known by one word and no slot, and a record's slot is the first that is
/// looked at. The tags of a million records fit a processor's nearest caches, their slots don't. At least a third of the
/// slots is free, so that the way is short.
///
/// When a record goes, those behind it may move up: their slots change, and the caller is told. The table never holds
/// more than `capacity` records; what happens then is for the table built on it to say.
struct SourceTable<Record: SourceRecord>: ~Copyable {
    let capacity: Int
    private(set) var count = 0

    private var tags: Tags
    /// Those that are free hold nothing.
    private var slots: SlotMemory<Record>

    init(capacity: Int) {
        self.capacity = capacity
        let size = capacity + capacity / 2 + 1
        tags = Tags(count: size)
        slots = SlotMemory(count: size)
    }

    /// How many slots there are, free ones among them.
    var size: Int { slots.count }
    var isFull: Bool { count == capacity }

    subscript(slot: Int) -> Record {
        get { slots[slot] }
        set { slots[slot] = newValue }
    }

    /// The first slot with a record of this source.
    func first(of caller: Caller) -> Int? {
        match(caller, from: home(of: caller.hash32))
    }

    /// The first slot at or behind `slot` with a record of this source: behind one that was found before, or from the
    /// slot of one that was taken out.
    func match(_ caller: Caller, from slot: Int) -> Int? {
        var start = slot == slots.count ? 0 : slot
        while true {
            let word = tags.word(at: start)
            var candidates = word.places(of: caller.tag)
            while let place = candidates.popFirst() {
                let slot = wrapped(start + place)
                if slots[slot].source == caller.source.address { return slot }
            }
            guard !word.hasFree else { return nil }
            start = wrapped(start + TagWord.width)
        }
    }

    /// Reads the tags at the home of this source. What they are isn't wanted yet: but then they are near.
    func glanceAtTags(of caller: Caller) -> UInt64 { tags.word(at: home(of: caller.hash32)).bits }

    /// The slot that by its tag is the first with a record of this source. One in a hundred is another's, or lies further
    /// on.
    func likelySlot(of caller: Caller) -> Int? {
        let home = home(of: caller.hash32)
        var candidates = tags.word(at: home).places(of: caller.tag)
        return candidates.popFirst().map { wrapped(home + $0) }
    }

    /// Puts `record`, whose source is the caller, into a free slot. The table must not be full.
    mutating func insert(_ record: Record, of caller: Caller) -> Int {
        precondition(!isFull, "a record was put into a full table")
        var start = home(of: caller.hash32)
        while !tags.word(at: start).hasFree { start = wrapped(start + TagWord.width) }
        let slot = wrapped(start + tags.word(at: start).firstFree)
        tags[slot] = caller.tag
        slots[slot] = record
        count += 1
        return slot
    }

    /// Takes the record in `slot` out, and moves up those behind it that are nearer to their homes then.
    ///
    /// - Parameter moved: is told of each record that moves.
    mutating func remove(_ slot: Int, moved: (_ from: Int, _ to: Int) -> Void) {
        var hole = slot
        var candidate = wrapped(hole + 1)
        while tags[candidate] != Tags.free {
            if distance(from: home(of: slots[candidate].hash), to: candidate) >= distance(from: hole, to: candidate) {
                tags[hole] = tags[candidate]
                slots[hole] = slots[candidate]
                moved(candidate, hole)
                hole = candidate
            }
            candidate = wrapped(candidate + 1)
        }
        tags[hole] = Tags.free
        count -= 1
    }

    private func home(of hash: UInt32) -> Int {
        Int((UInt64(hash) &* UInt64(slots.count)) >> 32)
    }

    /// A place that may lie behind the last slot, by less than there are slots: the first follows the last.
    private func wrapped(_ place: Int) -> Int { place < slots.count ? place : place - slots.count }

    private func distance(from start: Int, to end: Int) -> Int {
        end >= start ? end - start : end - start + slots.count
    }
}

extension Caller {
    /// The half of the hash that says where its home is; the other makes the tag.
    var hash32: UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }
    fileprivate var tag: UInt8 { UInt8(truncatingIfNeeded: hash) | Tags.taken }
}
