internal import KnockCore

/// The status over the socket. Each line begins with its kind; `lease` and `visit` belong to the `door` above them.
///
///     status 1
///     version 0.1.0
///     pid 812
///     uptime 11520.5
///     queue 4747 0 0 bound                          number, waiting, lost, bound or unbound
///     verdicts 12 3 480                             accept, drop, next
///     malformed 0
///     rule marked                                   or unmarked
///     mark 4096
///     door ssh 22/tcp,22/udp 3 2 1 1                name, protects, knocks, opened, leases, visits
///     lease 198.51.100.7 8.2 1 -                    source, remaining, connections, limit or -
///     visit 198.51.100.8 2 3 11 opening             source, heard, of, remaining, opening or closing
extension Status {
    /// Appends all lines but the reply's last.
    func append(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(512 + 64 * doors.reduce(0) { $0 + 1 + $1.leases.count + $1.visits.count })
        bytes += "status 1\n".utf8
        bytes += "version ".utf8
        Word.append(version, to: &bytes)
        bytes += "\npid \(pid)\nuptime ".utf8
        Seconds.append(uptime, to: &bytes)
        bytes += "\nqueue \(queue.number) \(queue.waiting) \(queue.lost) \(queue.bound ? "bound" : "unbound")\n".utf8
        bytes += "verdicts \(verdicts.accept) \(verdicts.drop) \(verdicts.next)\n".utf8
        bytes += "malformed \(malformed)\nrule \(unmarkedRule ? "unmarked" : "marked")\n".utf8
        if let mark { bytes += "mark \(mark)\n".utf8 }
        for door in doors { door.append(to: &bytes) }
    }
}

extension Status.Door {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes += "door ".utf8
        Word.append(name, to: &bytes)
        let ports = protects.map(\.description).joined(separator: ",")
        bytes += " \(ports) \(knocks) \(opened) \(leaseCount) \(visitCount)\n".utf8
        for lease in leases { lease.append(to: &bytes) }
        for visit in visits { visit.append(to: &bytes) }
    }
}

extension Status.Lease {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes += "lease ".utf8
        Word.append(source, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        Seconds.append(remaining, to: &bytes)
        bytes += " \(connections) \(limit.map(String.init) ?? "-")\n".utf8
    }
}

extension Status.Visit {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes += "visit ".utf8
        Word.append(source, to: &bytes)
        bytes += " \(heard) \(of) ".utf8
        Seconds.append(remaining, to: &bytes)
        bytes += closing ? " closing\n".utf8 : " opening\n".utf8
    }
}
