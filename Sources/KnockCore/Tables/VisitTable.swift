/// A visit: how far one source has come on one track, and when it ends.
struct Visit: SourceRecord {
    let source: Address
    var heard: UInt8
    let track: UInt16
    let hash: UInt32
    let deadline: Instant

    init(_ caller: Caller, heard: UInt8 = 1, track: Int, deadline: Instant) {
        (source, hash) = (caller.source.address, caller.hash32)
        (self.heard, self.track, self.deadline) = (heard, UInt16(track), deadline)
    }
}

/// All visits under way, in memory set aside once.
///
/// A visit whose deadline has come costs nothing until its place is wanted: it is passed over when its source is looked
/// up, and is the first to go when the table is full. Among live visits what gives way is the one that has heard the
/// fewest knocks, the one that ends soonest among those (R15): there is a heap of deadlines for each number of knocks.
struct VisitTable: ~Copyable {
    private var table: SourceTable<Visit>
    private var heaps: [DeadlineHeap]
    private var places: SlotMemory<UInt32>
    /// Which records have just moved up.
    private var moves: [(from: Int, to: Int)] = []

    /// A table for `capacity` visits on tracks of at most `longestTrack` knocks.
    init(capacity: Int, longestTrack: Int) {
        table = SourceTable(capacity: capacity)
        heaps = (0..<max(1, longestTrack - 1)).map { _ in DeadlineHeap(capacity: capacity) }
        places = SlotMemory(count: table.size)
    }

    subscript(slot: Int) -> Visit { table[slot] }

    var count: Int { table.count }

    func glanceAtTags(of caller: Caller) -> UInt64 { table.glanceAtTags(of: caller) }
    func likelySlot(of caller: Caller) -> Int? { table.likelySlot(of: caller) }
    func first(of caller: Caller) -> Int? { table.first(of: caller) }
    func match(_ caller: Caller, from slot: Int) -> Int? { table.match(caller, from: slot) }

    /// Begins a visit with one knock heard; answers whether there was room. When the table is full and every live visit
    /// in it has heard more, nothing gives way, and the new visit isn't begun.
    mutating func begin(_ caller: Caller, track: Int, deadline: Instant, at now: Instant) -> Bool {
        put(Visit(caller, track: track, deadline: deadline), of: caller, at: now)
    }

    /// Puts in a visit as it is, making room by the rule above for visits that have heard as many knocks.
    mutating func put(_ visit: Visit, of caller: Caller, at now: Instant) -> Bool {
        if table.isFull {
            guard let slot = slotToGiveUp(for: visit, at: now) else { return false }
            remove(slot)
        }
        let slot = table.insert(visit, of: caller)
        heaps[Int(visit.heard) - 1].insert(slot, deadline: visit.deadline, places: &places)
        return true
    }

    /// One more knock was heard; the deadline stays (R6).
    mutating func advance(_ slot: Int) {
        let deadline = table[slot].deadline
        heaps[heapIndex(of: slot)].remove(at: places[slot], places: &places)
        table[slot].heard += 1
        heaps[heapIndex(of: slot)].insert(slot, deadline: deadline, places: &places)
    }

    /// Ends a visit. Those behind it may move up, into its slot and others: what follows is looked for from there.
    mutating func remove(_ slot: Int) {
        heaps[heapIndex(of: slot)].remove(at: places[slot], places: &places)
        table.remove(slot) { from, to in moves.append((from, to)) }
        for (from, to) in moves { heaps[heapIndex(of: to)].move(from, to: to, places: &places) }
        moves.removeAll(keepingCapacity: true)
    }

    /// Calls `body` with each visit that is still in time; those that have heard the most knocks come first.
    func forEach(at now: Instant, _ body: (Visit) -> Void) {
        for heap in heaps.reversed() {
            heap.forEach { slot, deadline in
                if now < deadline { body(table[slot]) }
            }
        }
    }

    private func slotToGiveUp(for visit: Visit, at now: Instant) -> Int? {
        for heap in heaps {
            if let soonest = heap.soonest, now >= soonest.deadline { return soonest.slot }
        }
        return heaps.prefix(Int(visit.heard)).lazy.compactMap(\.soonest).first?.slot
    }

    private func heapIndex(of slot: Int) -> Int { Int(table[slot].heard) - 1 }
}
