/// Every string of packets in small worlds, up to a length, against a plain reading of R2 to R13.
///
///     every-string
///
/// Packaging/test runs it, built for release. It prints how many strings there were; 1 where a verdict differs.
import Foundation

let start = ContinuousClock.now
var failures = 0
for world in World.all {
    let begun = ContinuousClock.now
    let accepted = await withTaskGroup(of: Result<Int, Walk.Difference>.self) { group in
        for first in world.alphabet.indices {
            group.addTask {
                var walk = Walk(world)
                do throws(Walk.Difference) {
                    try walk.walk(from: first)
                    return .success(walk.accepted)
                } catch {
                    return .failure(error)
                }
            }
        }
        var accepted = 0
        for await result in group {
            switch result {
            case .success(let count): accepted += count
            case .failure(let difference):
                print(difference)
                failures += 1
            }
        }
        return accepted
    }
    if accepted == 0 { failures += 1 }
    let seconds = begun.duration(to: .now).components.seconds
    print("\(world.strings) strings of \(world.length), \(accepted) packets accepted, \(seconds) s: \(world.title)")
}
let strings = World.all.map(\.strings).reduce(0, +)
print("\(strings) strings in \(World.all.count) worlds, \(start.duration(to: .now).components.seconds) s")
exit(failures == 0 ? 0 : 1)
