/// A lease: a source's right to new connections at a door, until its deadline.
struct Lease: SourceRecord {
    let source: Address
    let door: UInt16
    let hash: UInt32
    let deadline: Instant

    init(_ caller: Caller, door: Int, deadline: Instant) {
        (source, hash) = (caller.source.address, caller.hash32)
        (self.door, self.deadline) = (UInt16(door), deadline)
    }
}

/// All leases, in memory set aside once.
///
/// Leases end by being expired, and no live one ever gives way: when the table is full, a new lease is refused (R15).
struct LeaseTable: ~Copyable {
    private var table: SourceTable<Lease>
    private var heap: DeadlineHeap
    private var places: SlotMemory<UInt32>
    /// Which records have just moved up.
    private var moves: [(from: Int, to: Int)] = []
    /// For each slot how many connections it has accepted (R10), and then their source ports, up to `portsEach`. Where no
    /// door counts connections there is nothing.
    private var connections: SlotMemory<UInt16>
    private let portsEach: Int

    /// A table for `capacity` leases with up to `portsEach` connections each to be told apart.
    init(capacity: Int, portsEach: Int) {
        table = SourceTable(capacity: capacity)
        heap = DeadlineHeap(capacity: capacity)
        self.portsEach = portsEach
        places = SlotMemory(count: table.size)
        connections = SlotMemory(count: portsEach == 0 ? 0 : table.size * (1 + portsEach))
    }

    var isFull: Bool { table.isFull }
    var count: Int { table.count }

    subscript(slot: Int) -> Lease { table[slot] }

    /// The lease that ends first, live or not.
    var soonest: (slot: Int, deadline: Instant)? { heap.soonest }

    func glanceAtTags(of caller: Caller) -> UInt64 { table.glanceAtTags(of: caller) }
    func likelySlot(of caller: Caller) -> Int? { table.likelySlot(of: caller) }
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

    /// How many connections this lease has accepted; 0 where none are counted.
    func used(_ slot: Int) -> Int { portsEach == 0 ? 0 : Int(connections[slot * (1 + portsEach)]) }

    /// Whether this lease has accepted a connection from the source port.
    @inline(__always)
    func hasAccepted(_ port: UInt16, slot: Int) -> Bool {
        guard portsEach > 0 else { return false }
        let first = slot * (1 + portsEach) + 1
        for index in first..<first + used(slot) where connections[index] == port { return true }
        return false
    }

    /// The source ports whose connections this lease has accepted, in their order.
    func acceptedPorts(of slot: Int) -> [UInt16] {
        (0..<used(slot)).map { connections[slot * (1 + portsEach) + 1 + $0] }
    }

    /// Puts in a new lease with its accepted ports, of which those beyond `portsEach` are dropped. Not when full.
    mutating func insert(_ caller: Caller, door: Int, deadline: Instant, ports accepted: some Collection<UInt16>) {
        let slot = table.insert(Lease(caller, door: door, deadline: deadline), of: caller)
        heap.insert(slot, deadline: deadline, places: &places)
        guard portsEach > 0 else { return }
        connections[slot * (1 + portsEach)] = 0
        for port in accepted.prefix(portsEach) { accept(port, slot: slot) }
    }

    /// Remembers an accepted connection. The lease must have room for it.
    mutating func accept(_ port: UInt16, slot: Int) {
        let used = used(slot)
        precondition(used < portsEach, "a lease accepted more connections than it was told to count")
        connections[slot * (1 + portsEach) + 1 + used] = port
        connections[slot * (1 + portsEach)] += 1
    }

    /// Ends a lease. Those behind it may move up, into its slot and others.
    mutating func remove(_ slot: Int) {
        heap.remove(at: places[slot], places: &places)
        table.remove(slot) { from, to in moves.append((from, to)) }
        for (from, to) in moves {
            heap.move(from, to: to, places: &places)
            moveConnections(from, to: to)
        }
        moves.removeAll(keepingCapacity: true)
    }

    private mutating func moveConnections(_ from: Int, to: Int) {
        guard portsEach > 0 else { return }
        for index in 0...used(from) {
            connections[to * (1 + portsEach) + index] = connections[from * (1 + portsEach) + index]
        }
    }

    /// Calls `body` with each slot, in no order.
    func forEachSlot(_ body: (_ slot: Int, _ deadline: Instant) -> Void) {
        heap.forEach(body)
    }
}
