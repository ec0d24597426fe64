import Foundation
import FuzzTargets
import Testing

/// What the fuzzer has found, and what came near to it, stays harmless for ever (R16).
@Suite struct CorporaTests {
    @Test(arguments: FuzzTarget.all)
    func `all bytes that were ever kept break no promise`(target: FuzzTarget) throws {
        let corpus = try Corpus(of: target)
        try #require(!corpus.inputs.isEmpty)
        for input in corpus.inputs {
            try #require(input.bytes.count <= target.longest, "\(input.name)")
            #expect(throws: Never.self, "\(input.name)") { try target.read(input.bytes) }
        }
    }

    @Test(arguments: FuzzTarget.all)
    func `good bytes are understood; cut anywhere, or with any bit wrong, they break no promise`(
        target: FuzzTarget
    ) throws {
        let good = try Corpus(of: target).good
        try #require(!good.isEmpty)
        for input in good {
            #expect(throws: Never.self) {
                try #require(try target.read(input.bytes) == .understood, "\(input.name)")
                for length in input.bytes.indices { _ = try target.read(Array(input.bytes.prefix(length))) }
                var bytes = input.bytes
                for bit in 0..<bytes.count * 8 {
                    bytes[bit / 8] ^= 1 << (bit % 8)
                    _ = try target.read(bytes)
                    bytes[bit / 8] ^= 1 << (bit % 8)
                }
            }
        }
    }

    @Test func `each folder of kept bytes has its target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Corpus.root.path)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }
}
