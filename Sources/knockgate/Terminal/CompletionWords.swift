extension [String] {
    /// The value of an option such as `--socket` among the words of a command line that is being typed. To bash, the `=`
    /// of `--socket=PATH` is a word of its own.
    func value(of option: String) -> String? {
        let joined = option + "="
        guard let index = lastIndex(where: { $0 == option || $0.hasPrefix(joined) }) else { return nil }
        let value = self[index].dropFirst(joined.count)
        return value.isEmpty ? self[(index + 1)...].first { $0 != "=" } : String(value)
    }
}
