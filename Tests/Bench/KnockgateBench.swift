/// `knockgate-bench`: measures the gate beside its yardsticks and its ancestors, on this machine, in one run.
///
///     knockgate-bench [--quick] [--only GROUP[,GROUP…]] [--into FOLDER]
///
/// Packaging/bench builds it, installs what it needs, and runs it. It prints a table, and below it each target with
/// `met` or `missed`; bench.json and bench.svg go into the folder. Exit code 1: something could not be measured. A
/// missed target is a finding, not a failure.
import Dispatch
import Foundation

/// The groups of rows, in the order in which they are measured and shown. Each is a file of its name.
let groups: [any RowGroup] = [
    DrainRows(),
    BalanceRows(),
    LiveRows(),
    LatencyRows(),
    OpeningRows(),
    SourcesRows(),
    FloodRows(),
    DecideRows(),
    AttackRows(),
]

@main enum KnockgateBench {
    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        let run = Task { await measure(Array(CommandLine.arguments.dropFirst())) }
        let interrupts = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            // What was begun is ended, and what was made is taken away.
            source.setEventHandler { @Sendable in run.cancel() }
            source.resume()
            return source
        }
        let status = await run.value
        withExtendedLifetime(interrupts) {}
        exit(status)
    }

    private static func measure(_ arguments: [String]) async -> Int32 {
        do {
            let options = try Options(arguments)
            let machine = try MachineReport()
            print(machine.description)
            var results = Results()
            var failures = 0
            try await Bench.set(options) { bench in
                for group in groups where options.wants(group) {
                    let start = ContinuousClock.now
                    do {
                        try await group.measure(bench, into: &results)
                        say("measured \(group.name) in \((ContinuousClock.now - start).seconds.rounded()) s")
                    } catch {
                        try Task.checkCancellation()
                        failures += 1
                        say("\(group.name) could not be measured: \(error)")
                    }
                }
            }
            let report = Report(machine: machine, results: results, groups: groups.filter(options.wants))
            print(report.table)
            try report.write(into: options.folder)
            try await report.plot(into: options.folder)
            return failures == 0 ? 0 : 1
        } catch is CancellationError {
            say("interrupted")
            return 130
        } catch let error as UsageError {
            say("\(error)")
            return 2
        } catch {
            say("\(error)")
            return 1
        }
    }
}

/// Says how the run goes on, apart from its report.
func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// What the run was told.
struct Options {
    var isQuick = false
    var folder = URL(fileURLWithPath: ".build/bench", isDirectory: true)
    private var only: [String]?

    init(_ arguments: [String]) throws {
        var words = arguments[...]
        while let word = words.popFirst() {
            switch word {
            case "--quick": isQuick = true
            case "--into": folder = URL(fileURLWithPath: try value(of: word, &words), isDirectory: true)
            case "--only": only = try value(of: word, &words).split(separator: ",").map(String.init)
            default: throw UsageError("unknown option \"\(word)\": there are --quick, --only GROUP and --into FOLDER")
            }
        }
        for name in only ?? [] where !groups.contains(where: { $0.name == name }) {
            let names = groups.map(\.name).joined(separator: ", ")
            throw UsageError("there is no group \"\(name)\": there are \(names)")
        }
    }

    private func value(of option: String, _ words: inout ArraySlice<String>) throws -> String {
        guard let value = words.popFirst() else { throw UsageError("\(option) wants a word behind it") }
        return value
    }

    func wants(_ group: any RowGroup) -> Bool { only?.contains(group.name) ?? true }
}

/// A command line that can't be understood.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What kept something from being measured, in words for whoever runs the benchmark.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
