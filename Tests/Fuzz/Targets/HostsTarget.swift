import KnockConfig

extension FuzzTarget {
    /// hosts.conf: each host that is read, written as a section and read again, is the same host.
    static let hosts = FuzzTarget(
        "hosts", longest: 400, of: ["Sources/KnockConfig/Hosts", "Sources/KnockConfig/Text"]
    ) { bytes throws(BrokenPromise) in
        let known = KnownHosts.read(ConfigurationText(file: "hosts.conf", bytes: bytes))
        try promise(known.hosts.isEmpty || !known.holdsError, "an error and hosts")
        try checkPlaces(known.diagnostics, in: bytes)
        for host in known.hosts {
            try promise(known[host.name.uppercased()] == host, "\(host.name) isn't found by its name")
            let again = KnownHosts.read(ConfigurationText(file: "hosts.conf", text: host.section))
            try promise(again.hosts == [host], "written as a section, \(host.name) is another host")
        }
        return known.hosts.isEmpty ? .refused : .understood
    }
}
