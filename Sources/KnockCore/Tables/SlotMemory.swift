/// Memory for what a table keeps in so many slots, set aside once and not yet touched: the system finds a page for it when
/// that is first written to, so that a large table costs what is in it. What a slot holds before it is set, nobody may ask.
///
/// It begins with a cache line. Elements of 32 or 64 bytes never lie on two of them, and one miss brings all of a record.
@safe struct SlotMemory<Element: BitwiseCopyable>: ~Copyable {
    let count: Int
    private let base: UnsafeMutablePointer<Element>

    init(count: Int) {
        self.count = count
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<Element>.stride, alignment: 64)
        // Just so many elements have room in it.
        unsafe base = bytes.bindMemory(to: Element.self, capacity: count)
    }

    deinit {
        unsafe base.deallocate()  // Allocated above, and nobody else's.
    }

    subscript(slot: Int) -> Element {
        get {
            precondition(UInt(bitPattern: slot) < UInt(count), "a table was asked for a slot that it doesn't have")
            return unsafe base[slot]  // Within the memory; elements that are only bits need no beginning.
        }
        set {
            precondition(UInt(bitPattern: slot) < UInt(count), "a table was given a slot that it doesn't have")
            unsafe base[slot] = newValue  // Within the memory.
        }
    }
}
