/// Slots of a table in the order of their deadlines: the soonest is at hand, any can be taken out.
///
/// A heap in an array, four children to a node, so that a node's children lie in one cache line. Each slot's place in
/// the array is kept in `places`, which the table owns: one array serves all heaps whose slots are distinct.
struct DeadlineHeap {
    private struct Node {
        let deadline: Instant
        var slot: UInt32
    }

    private var nodes: [Node] = []

    /// A heap for up to `capacity` slots, its memory set aside now.
    init(capacity: Int) {
        nodes.reserveCapacity(capacity)
    }

    var count: Int { nodes.count }

    /// The slot that ends first, and when.
    var soonest: (slot: Int, deadline: Instant)? {
        nodes.first.map { (Int($0.slot), $0.deadline) }
    }

    /// Calls `body` with every slot and its deadline, in no order.
    func forEach(_ body: (_ slot: Int, _ deadline: Instant) -> Void) {
        for node in nodes { body(Int(node.slot), node.deadline) }
    }

    mutating func insert(_ slot: Int, deadline: Instant, places: inout SlotMemory<UInt32>) {
        let node = Node(deadline: deadline, slot: UInt32(slot))
        nodes.append(node)
        rise(node, from: nodes.count - 1, places: &places)
    }

    /// What was in the slot `from` is now in `to`.
    mutating func move(_ from: Int, to: Int, places: inout SlotMemory<UInt32>) {
        places[to] = places[from]
        nodes[Int(places[to])].slot = UInt32(to)
    }

    /// Takes out the slot at `place`.
    mutating func remove(at place: UInt32, places: inout SlotMemory<UInt32>) {
        let last = nodes.removeLast()
        let index = Int(place)
        guard index < nodes.count else { return }
        if index > 0, last.deadline < nodes[(index - 1) / 4].deadline {
            rise(last, from: index, places: &places)
        } else {
            sink(last, from: index, places: &places)
        }
    }

    private mutating func rise(_ node: Node, from start: Int, places: inout SlotMemory<UInt32>) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 4
            guard node.deadline < nodes[parent].deadline else { break }
            put(nodes[parent], at: index, places: &places)
            index = parent
        }
        put(node, at: index, places: &places)
    }

    private mutating func sink(_ node: Node, from start: Int, places: inout SlotMemory<UInt32>) {
        var index = start
        while let child = soonestChild(of: index), nodes[child].deadline < node.deadline {
            put(nodes[child], at: index, places: &places)
            index = child
        }
        put(node, at: index, places: &places)
    }

    private func soonestChild(of index: Int) -> Int? {
        let first = 4 * index + 1
        guard first < nodes.count else { return nil }
        var soonest = first
        for child in first + 1..<max(first + 1, min(first + 4, nodes.count))
        where nodes[child].deadline < nodes[soonest].deadline {
            soonest = child
        }
        return soonest
    }

    private mutating func put(_ node: Node, at index: Int, places: inout SlotMemory<UInt32>) {
        nodes[index] = node
        places[Int(node.slot)] = UInt32(index)
    }
}
