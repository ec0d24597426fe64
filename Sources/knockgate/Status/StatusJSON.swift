import KnockControl
import KnockCore

/// The status for programs: one object on one line. Keys are added, never renamed.
extension Status {
    var json: String {
        JSON.object([
            ("version", .string(version)),
            ("pid", .number(pid)),
            ("uptime", .seconds(uptime)),
            ("queue", queue.json),
            ("verdicts", verdicts.json),
            ("malformed", .number(malformed)),
            ("unmarked_rule", .bool(unmarkedRule)),
            ("doors", .array(doors.map(\.json))),
            ("mark", mark.map { .number($0) } ?? .null),
        ]).text
    }
}

extension Status.Queue {
    fileprivate var json: JSON {
        .object([
            ("number", .number(number)), ("waiting", .number(waiting)), ("lost", .number(lost)),
            ("bound", .bool(bound)),
        ])
    }
}

extension Status.Verdicts {
    fileprivate var json: JSON {
        .object([("accept", .number(accept)), ("drop", .number(drop)), ("next", .number(next))])
    }
}

extension Status.Door {
    fileprivate var json: JSON {
        .object([
            ("name", .string(name)),
            ("protects", .array(protects.map { .string($0.description) })),
            ("knocks", .number(knocks)),
            ("opened", .number(opened)),
            ("leases", .array(leases.map(\.json))),
            ("visits", .array(visits.map(\.json))),
            ("leases_total", .number(leaseCount)),
            ("visits_total", .number(visitCount)),
        ])
    }
}

extension Status.Lease {
    fileprivate var json: JSON {
        .object([
            ("source", .string(source)), ("remaining", .seconds(remaining)), ("connections", .number(connections)),
            ("limit", limit.map { .number($0) } ?? .null),
        ])
    }
}

extension Status.Visit {
    fileprivate var json: JSON {
        .object([
            ("source", .string(source)), ("heard", .number(heard)), ("of", .number(of)),
            ("remaining", .seconds(remaining)), ("closing", .bool(closing)),
        ])
    }
}
