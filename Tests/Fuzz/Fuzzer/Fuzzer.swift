import FuzzTargets
import Glibc

/// Runs one target: on what libFuzzer makes up, or, where it was built without libFuzzer, on the files it is given.
///
///     fuzz --list                           each target's name, longest input and sources
///     fuzz --target=NAME [OPTION | PATH]…   libFuzzer's options, folders of inputs to begin with, or files to run once
///
/// Packaging/fuzz builds it with libFuzzer, and tells with `-DLIBFUZZER`. Whatever begins with two dashes libFuzzer
/// passes over, so that its own processes get the target, too.
@main struct Fuzzer {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments == ["--list"] { return list() }
        let name = arguments.first { $0.hasPrefix("--target=") }?.dropFirst("--target=".count)
        guard let target = FuzzTarget.all.first(where: { $0.name[...] == name }) else {
            return fail("name a target: --target=" + FuzzTarget.all.map(\.name).joined(separator: "|"))
        }
        run(target, arguments.filter { !$0.hasPrefix("-") })
    }

    private static func list() {
        for target in FuzzTarget.all { print(target.name, target.longest, target.sources.joined(separator: " ")) }
    }

    private static func fail(_ message: String) {
        print(message)
        exit(2)
    }
}

#if LIBFUZZER
    /// libFuzzer's way in for programs with a `main` of their own (FuzzerInterface.h).
    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
        _ takeOne: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    /// What libFuzzer calls can't bring anything along.
    nonisolated(unsafe) private var chosen: FuzzTarget?

    extension Fuzzer {
        private static func run(_ target: FuzzTarget, _: [String]) {
            unsafe chosen = target
            var count = CommandLine.argc
            var arguments = unsafe CommandLine.unsafeArgv
            // Both outlive the call, which never comes back while it fuzzes.
            exit(
                unsafe runDriver(&count, &arguments) { start, count in
                    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
                    do throws(BrokenPromise) { _ = try unsafe chosen?.read(bytes) } catch { fatalError("\(error)") }
                    return 0
                })
        }
    }
#else
    extension Fuzzer {
        private static func run(_ target: FuzzTarget, _ paths: [String]) {
            var understood = 0
            for path in paths {
                guard let bytes = contents(of: path) else { return fail("can't read \(path)") }
                do throws(BrokenPromise) {
                    understood += try target.read(bytes) == .understood ? 1 : 0
                } catch {
                    fatalError("\(path): \(error)")
                }
            }
            print("\(target.name): \(paths.count) files, \(understood) understood")
        }

        private static func contents(of path: String) -> [UInt8]? {
            let file = unsafe open(path, O_RDONLY)
            guard file >= 0 else { return nil }
            defer { close(file) }
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = unsafe Glibc.read(file, &chunk, chunk.count)
                guard count > 0 else { return count == 0 ? bytes : nil }
                bytes += chunk[..<count]
            }
        }
    }
#endif
