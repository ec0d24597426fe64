/// What kept a story from being played, in words for whoever reads the test's output.
struct StageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
