import Capture
import Foundation
import KnockCore
import Testing

@testable import knockgate

/// What is written when a capture is played, and the error that ended it, if any.
struct Replayed {
    let text: String
    let error: CaptureError?

    init(_ capture: [UInt8], _ rules: Rules, asJSON: Bool, coloured: Bool = false) throws {
        let scratch = try Scratch()
        let (path, answer) = (scratch.path + "/capture", scratch.path + "/answer")
        try Data(capture).write(to: URL(filePath: path))
        try Data().write(to: URL(filePath: answer))
        let file = try #require(FileHandle(forWritingAtPath: answer))
        var stage = ReplayStage(rules, asJSON: asJSON, coloured: coloured)
        var output = ReplayOutput(descriptor: file.fileDescriptor)
        do {
            try stage.play(Capture(path: path), to: &output)
            error = nil
        } catch let failure as CaptureError {
            error = failure
        }
        text = try String(contentsOfFile: answer, encoding: .utf8)
    }
}
