/// What `knockgate status --json` says (DESIGN, "status --json").
import Foundation

struct Status: Decodable {
    struct Queue: Decodable {
        let number, waiting, lost: Int
        let bound: Bool
    }

    struct Verdicts: Decodable {
        let accept, drop, next: Int

        var total: Int { accept + drop + next }
    }

    struct Door: Decodable {
        let name: String
        let protects: [String]
        let knocks, opened: Int
        let leases: [Lease]
        let visits: [Visit]
        let leasesTotal, visitsTotal: Int
    }

    struct Lease: Decodable {
        let source: String
        let remaining: Double
        let connections: Int
    }

    struct Visit: Decodable {
        let source: String
        let heard, of: Int
        let remaining: Double
    }

    let version: String
    let pid: Int32
    let uptime: Double
    let queue: Queue
    let verdicts: Verdicts
    let malformed: Int
    let unmarkedRule: Bool
    let doors: [Door]

    init(json: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Status.self, from: Data(json.utf8))
    }

    /// How often a door opened, all doors taken together.
    var opened: Int { doors.map(\.opened).reduce(0, +) }

    /// The leases at the first door that are held by this source.
    func leases(of source: String) -> [Lease] { doors.first?.leases.filter { $0.source == source } ?? [] }

    /// How many knocks the first door has heard of this source's visit; 0 without one.
    func heard(from source: String) -> Int { doors.first?.visits.first { $0.source == source }?.heard ?? 0 }
}
