import Foundation
import FuzzTargets

/// The inputs of one target that are kept: those that are good, those that the fuzzer came upon, and its findings.
struct Corpus {
    /// An input, and the name of its file.
    struct Input {
        let name: String
        let bytes: [UInt8]

        func withWrongBit(_ bit: Int, at place: Int) -> [UInt8] {
            var bytes = bytes
            bytes[place] ^= 1 << bit
            return bytes
        }
    }

    let inputs: [Input]

    init(of target: FuzzTarget) throws {
        let folder = Corpus.root.appendingPathComponent(target.name)
        inputs = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
            .map { Input(name: $0.lastPathComponent, bytes: Array(try Data(contentsOf: $0))) }
    }

    /// Those that a target understands.
    var good: [Input] { inputs.filter { $0.name.hasPrefix("good-") } }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Corpora")
}
