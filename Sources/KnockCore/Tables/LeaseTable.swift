/// A lease: a source's right to new connections at a door, until its deadline. Its accepted source ports stand in the
/// table's list.
struct Lease: SourceRecord {
    let source: Address
    let door: UInt16
    let deadline: Instant
    /// How many connections were accepted (R10); counted at doors with a limit only.
    var used: UInt16 = 0
}

/// All leases, in memory set aside once.
///
/// Leases end by being expired, and no live one ever gives way: when the table is full, a new lease is refused (R15).
struct LeaseTable {
    private var table: SourceTable<Lease>
    private var heap: DeadlineHeap
    private var places: [UInt32]
    /// Which records have just moved up.
    private var moves: [(from: Int, to: Int)] = []
    /// `portsEach` numbers for each slot, of which the first `used` count.
    private var ports: [UInt16]
    private let portsEach: Int

    /// A table for `capacity` leases with up to `portsEach` connections each to be told apart.
    init(capacity: Int, portsEach: Int) {
        table = SourceTable(capacity: capacity)
        heap = DeadlineHeap(capacity: capacity)
        self.portsEach = portsEach
        places = Array(untouched: table.size)
        ports = Array(untouched: table.size * portsEach)
    }

    var isFull: Bool { table.isFull }
    var count: Int { table.count }

    subscript(slot: Int) -> Lease { table[slot] }

    /// The lease that ends first, live or not.
    var soonest: (slot: Int, deadline: Instant)? { heap.soonest }

    func first(of caller: Caller) -> Int? { table.first(of: caller) }
    func match(_ caller: Caller, from slot: Int) -> Int? { table.match(caller, from: slot) }

    func slot(of caller: Caller, door: Int) -> Int? {
        var candidate = first(of: caller)
        while let slot = candidate {
            if Int(table[slot].door) == door { return slot }
            candidate = match(caller, from: slot + 1)
        }
        return nil
    }

    /// The source ports whose connections this lease has accepted, in their order.
    func acceptedPorts(of slot: Int) -> ArraySlice<UInt16> {
        ports[slot * portsEach..<slot * portsEach + min(Int(table[slot].used), portsEach)]
    }

    /// Puts in a new lease with its accepted ports, of which those beyond `portsEach` are dropped. Not when full.
    mutating func insert(_ caller: Caller, door: Int, deadline: Instant, ports accepted: some Collection<UInt16>) {
        let slot = table.insert(
            Lease(source: caller.source.address, door: UInt16(door), deadline: deadline), of: caller)
        heap.insert(slot, deadline: deadline, places: &places)
        for port in accepted.prefix(portsEach) { accept(port, slot: slot) }
    }

    /// Remembers an accepted connection. The lease must have room for it.
    mutating func accept(_ port: UInt16, slot: Int) {
        let used = Int(table[slot].used)
        precondition(used < portsEach, "a lease accepted more connections than it was told to count")
        ports[slot * portsEach + used] = port
        table[slot].used += 1
    }

    /// Ends a lease. Those behind it may move up, into its slot and others.
    mutating func remove(_ slot: Int) {
        heap.remove(at: places[slot], places: &places)
        table.remove(slot) { from, to in moves.append((from, to)) }
        for (from, to) in moves {
            heap.move(from, to: to, places: &places)
            for index in 0..<portsEach { ports[to * portsEach + index] = ports[from * portsEach + index] }
        }
        moves.removeAll(keepingCapacity: true)
    }

    /// Calls `body` with each slot, in no order.
    func forEachSlot(_ body: (_ slot: Int, _ deadline: Instant) -> Void) {
        heap.forEach(body)
    }
}
