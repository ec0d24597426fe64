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
        var places = SlotMemory<UInt32>(count: 500)
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
        let hash: UInt32
        let number: Int

        init(_ caller: Caller, number: Int) {
            (source, hash, self.number) = (caller.source.address, caller.hash32, number)
        }
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
                let newcomer = caller(Address(ipv4: UInt32(random >> 60)), seed)
                let record = Record(newcomer, number: step)
                let slot = table.insert(record, of: newcomer)
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
            let count = table.count
            #expect(count == expected.count)
        }
    }

    @Test func `a word of tags names the places of a tag ahead of the first free one`() {
        var random = SplitMix64(seed: 9)
        for _ in 0..<20_000 {
            // Few different tags, so that they meet; neighbours differ by one bit, as a borrow would have it.
            let tags = (0..<8).map { _ in
                [0, 0x80, 0x81, 0x82, 0xFE, 0xFF][Int.random(in: 0..<6, using: &random)] as UInt8
            }
            let word = TagWord(tags.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }.littleEndian)
            let taken = tags.prefix { $0 != Tags.free }
            for tag: UInt8 in [0x80, 0x81, 0xFE, 0xFF] {
                var places = word.places(of: tag)
                var named: [Int] = []
                while let place = places.popFirst() { named.append(place) }
                let expected = taken.indices.filter { taken[$0] == tag }
                #expect(named.first == expected.first)
                #expect(Set(named).isSuperset(of: expected))
                #expect(named.allSatisfy { taken.indices.contains($0) })
            }
            #expect(word.hasFree == (taken.count < 8))
            #expect(!word.hasFree || word.firstFree == taken.count)
        }
    }

    @Test func `addresses that collide under a key that somebody knows lie apart under the gate's`() {
        let known = HashSeed(5, 6)
        var addresses: [Address] = []
        var number: UInt64 = 0
        while addresses.count < 300 {
            number += 1
            let address = Address(ipv6: 0x2001_0db8 << 32, number)
            if known.hash(address) >> 58 == 0 { addresses.append(address) }  // Their homes are in one 64th of a table.
        }
        #expect(longestWay(to: addresses, under: known) > 250)
        #expect(longestWay(to: addresses, under: HashSeed(6, 5)) < 50)
    }

    /// How far from its home a record stands at the most, when these sources have one each in a table that they fill.
    private func longestWay(to addresses: [Address], under seed: HashSeed) -> Int {
        var table = SourceTable<Record>(capacity: addresses.count)
        return addresses.map { address in
            let caller = caller(address, seed)
            let home = Int((UInt64(caller.hash32) * UInt64(table.size)) >> 32)
            return (table.insert(Record(caller, number: 0), of: caller) - home + table.size) % table.size
        }.max() ?? 0
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
