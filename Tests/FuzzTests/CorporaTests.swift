import Foundation
import FuzzTargets
import Testing

/// What the fuzzer has found, and what came near to it, stays harmless for ever (R16).
///
/// They take long, and so let others have their turn in between.
@Suite struct CorporaTests {
    @Test(arguments: FuzzTarget.all)
    func `all bytes that were ever kept break no promise`(target: FuzzTarget) async throws {
        let corpus = try Corpus(of: target)
        try #require(!corpus.inputs.isEmpty)
        for input in corpus.inputs {
            try #require(input.bytes.count <= target.longest, "\(input.name)")
            #expect(throws: Never.self, "\(input.name)") { try target.read(input.bytes) }
            await Task.yield()
        }
    }

    @Test(arguments: FuzzTarget.all)
    func `good bytes are understood; cut anywhere, or with any bit wrong, they break no promise`(
        target: FuzzTarget
    ) async throws {
        let good = try Corpus(of: target).good
        try #require(!good.isEmpty)
        for input in good {
            try #require(try target.read(input.bytes) == .understood, "\(input.name)")
            for place in input.bytes.indices {
                #expect(throws: Never.self, "\(input.name), cut or with a bit wrong at \(place)") {
                    _ = try target.read(Array(input.bytes.prefix(place)))
                    for bit in 0..<8 { _ = try target.read(input.withWrongBit(bit, at: place)) }
                }
                await Task.yield()
            }
        }
    }

    @Test func `each folder of kept bytes has its target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Corpus.root.path)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }
}
