extension KnownHosts {
    /// The host's name that `word` is most likely a misspelling of; nil when none is near.
    public func nearestName(to word: String) -> String? {
        let near = nearest(to: word.lowercased(), among: hosts.map { $0.name.lowercased() })
        return near.flatMap { self[$0]?.name }
    }
}
