import PacketForge
import Testing

@testable import KnockCore

@Suite struct TablesTests {
    @Test func `the hash is SipHash-1-3 of the address and its family`() {
        // Computed with an implementation that was checked against the authors' vector of SipHash-2-4.
        let seed = HashSeed(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
        #expect(seed.hash("198.51.100.7") == 0x0d59_522a_8e64_a8e1)
        #expect(seed.hash("2001:db8::7") == 0xd378_bcae_c1a5_788b)
    }

    @Test func `the heap always has the soonest deadline at hand, whatever is put in and taken out`() {
        var heap = DeadlineHeap(capacity: 500)
        var places = [UInt32](repeating: 0, count: 500)
        var expected: [Int: Int64] = [:]
        var random: UInt64 = 7
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        for _ in 0..<20_000 {
            let slot = next(500)
            if expected.removeValue(forKey: slot) != nil {
                heap.remove(at: places[slot], places: &places)
            } else {
                expected[slot] = Int64(next(1000))
                heap.insert(slot, deadline: Instant(nanoseconds: expected[slot] ?? 0), places: &places)
            }
            #expect(heap.soonest?.deadline.nanoseconds == expected.values.min())
            #expect(heap.count == expected.count)
        }
    }

    private struct Record: SourceRecord, Equatable {
        let source: Address
        let number: Int
    }

    /// Sixteen sources with up to 64 records: clusters grow, wrap round the table's end, and close up again.
    @Test(arguments: [1, 2, 5, 64])
    func `the table finds all records of a source and none of another, through many changes`(capacity: Int) {
        let seed = HashSeed(3, 4)
        var table = SourceTable<Record>(capacity: capacity)
        var expected: [Int: Record] = [:]
        var random: UInt64 = 11
        for step in 0..<20_000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            if table.isFull || (random >> 40) & 1 == 0, let slot = expected.keys.randomElement() {
                expected[slot] = nil
                table.remove(slot) { from, to in
                    #expect(expected[to] == nil, "a record moves into a slot that is free by now")
                    expected[to] = expected.removeValue(forKey: from)
                }
            } else if !table.isFull {
                let record = Record(source: Address(ipv4: UInt32(random >> 60)), number: step)
                let slot = table.insert(record, of: caller(record.source, seed))
                #expect(expected[slot] == nil)
                expected[slot] = record
            }
            let source = Address(ipv4: UInt32(random >> 50) & 15)
            var found: [Int: Record] = [:]
            var candidate = table.first(of: caller(source, seed))
            while let slot = candidate {
                #expect(found.updateValue(table[slot], forKey: slot) == nil, "a slot is found once")
                candidate = table.match(caller(source, seed), from: slot + 1)
            }
            #expect(found == expected.filter { $0.value.source == source })
            #expect(table.count == expected.count)
        }
    }

    private func caller(_ address: Address, _ seed: HashSeed) -> Caller {
        Caller(Source(address, ipv6Prefix: 128), seed)
    }

    @Test func `an instant never overflows`() {
        #expect(Instant(nanoseconds: .max - 5).advanced(by: .seconds(1)) == Instant(nanoseconds: .max))
        #expect(Instant(nanoseconds: .min + 5).advanced(by: .seconds(-1)) == Instant(nanoseconds: .min))
        #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeNanoseconds == .min)
        #expect(Duration.milliseconds(1500).wholeNanoseconds == 1_500_000_000)
    }

    @Test func `a sequence has 1 to 16 knocks, none of them port 0`() {
        #expect(KnockSequence([]) == nil)
        #expect(KnockSequence([.tcp(0)]) == nil)
        #expect(KnockSequence((1...17).map { .tcp($0) }) == nil)
        #expect(KnockSequence((1...16).map { .tcp($0) })?.count == 16)
    }
}
