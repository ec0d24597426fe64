import Capture
import Foundation
import KnockCore
import Testing

@testable import knockgate

/// What is written when a capture is played, and the error that ended it, if any.
struct Replayed {
    let text: String
    let error: CaptureError?
    /// How many packets two gates judged otherwise.
    private(set) var differences = 0

    /// What was written, for a capture without faults.
    var whole: String {
        get throws {
            try #require(error == nil)
            return text
        }
    }

    var lines: [Substring] { text.split(separator: "\n") }

    init(
        _ capture: [UInt8], _ rules: Rules, to addresses: [Network] = [], sources: [Network] = [],
        doors: [String] = [], asJSON: Bool, terminal: Terminal = .none
    ) throws {
        let filter = ReplayFilter(sources: sources, doors: doors, of: rules)
        let act = ReplayJudging(rules, filter: filter, asJSON: asJSON, terminal: terminal)
        var stage = ReplayStage(act, sieve: Replayed.sieve(addresses, rules))
        (text, error) = try Replayed.play(capture, on: &stage)
    }

    init(
        _ capture: [UInt8], _ rules: Rules, differently other: Rules, to addresses: [Network] = [],
        sources: [Network] = [], doors: [String] = [], asJSON: Bool, terminal: Terminal = .none
    ) throws {
        let sides = [(rules, "this.conf"), (other, "other.conf")].map { rules, file in
            ReplayComparing.Side(
                file: file, rules: rules, filter: ReplayFilter(sources: sources, doors: doors, of: rules))
        }
        let act = ReplayComparing(sides[0], sides[1], asJSON: asJSON, terminal: terminal)
        var stage = ReplayStage(act, sieve: Replayed.sieve(addresses, rules))
        (text, error) = try Replayed.play(capture, on: &stage)
        differences = stage.act.differences
    }

    private static func sieve(_ addresses: [Network], _ rules: Rules) -> ReplaySieve? {
        addresses.isEmpty ? nil : ReplaySieve(to: addresses, takesInvalid: rules.hearsInvalid)
    }

    private static func play<Act: ReplayAct & ~Copyable>(
        _ capture: [UInt8], on stage: inout ReplayStage<Act>
    ) throws -> (String, CaptureError?) {
        let scratch = try Scratch()
        let (path, answer) = (scratch.path + "/capture", scratch.path + "/answer")
        try Data(capture).write(to: URL(filePath: path))
        try Data().write(to: URL(filePath: answer))
        let file = try #require(FileHandle(forWritingAtPath: answer))
        var output = ReplayOutput(descriptor: file.fileDescriptor)
        var error: CaptureError?
        do {
            try stage.play(Capture(path: path), to: &output)
        } catch let failure as CaptureError {
            error = failure
        }
        return (try String(contentsOfFile: answer, encoding: .utf8), error)
    }
}

extension Terminal {
    /// A pipe, or a file.
    static let none = Terminal(size: nil, environment: [:])

    static func wide(_ columns: Int) -> Terminal {
        Terminal(size: Size(columns: columns, rows: 24), environment: ["NO_COLOR": "1"])
    }
}
