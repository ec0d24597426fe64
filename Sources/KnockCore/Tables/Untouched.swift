extension Array where Element: BitwiseCopyable {
    /// An array whose memory is set aside and not yet touched: the system finds a page for it when that is first written
    /// to, so that a large table costs what is in it. What an element is before it is set, nobody may ask.
    init(untouched count: Int) {
        // Elements that are only bits need no beginning; the tables ask for those alone that they have set.
        unsafe self.init(unsafeUninitializedCapacity: count) { _, initialized in initialized = count }
    }
}
