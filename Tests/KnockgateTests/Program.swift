import Foundation

/// The built program, run as a user runs it; never longer than its time limit.
struct Program {
    let code: Int32
    let output: String
    let errors: String

    /// Runs `knockgate` with `arguments` to its end.
    static func run(_ arguments: String...) throws -> Program { try run(arguments) }

    static func run(_ arguments: [String]) throws -> Program {
        let (output, errors) = (Pipe(), Pipe())
        let process = try start(arguments, output: output.fileHandleForWriting, errors: errors.fileHandleForWriting)
        try output.fileHandleForWriting.close()
        try errors.fileHandleForWriting.close()
        // What the tests make it say on its standard error fits into a pipe, so that one can be read after the other.
        let (said, complained) = (output.fileHandleForReading, errors.fileHandleForReading)
        let texts = (try said.readToEnd() ?? Data(), try complained.readToEnd() ?? Data())
        process.waitUntilExit()
        return Program(
            code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: String(decoding: texts.0, as: UTF8.self), errors: String(decoding: texts.1, as: UTF8.self))
    }

    /// Starts `knockgate`; it's killed when it takes longer than 20 seconds.
    static func start(_ arguments: [String], output: FileHandle, errors: FileHandle, terminal: String = "xterm") throws
        -> Process
    {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "TERM": terminal].merging(instruments) { $1 }
        (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, output, errors)
        try process.run()
        DispatchQueue.global().asyncAfter(deadline: .now() + 20) {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        return process
    }

    /// What builds that measure themselves are told: where to count the lines that they reach, and what a sanitizer is to do.
    static let instruments = ProcessInfo.processInfo.environment.filter {
        $0.key == "LLVM_PROFILE_FILE" || $0.key.hasSuffix("SAN_OPTIONS")
    }

    /// It stands beside the program that runs the tests.
    private static var program: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(
            path: "knockgate")
    }
}

/// A directory of a test's own, removed with the test.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "knockgate-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file that nobody else may read, and answers with its path.
    func file(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        return file
    }
}
