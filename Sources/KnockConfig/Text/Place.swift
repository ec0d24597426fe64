/// Where something stands in the files that are read together.
struct Place: Hashable, Comparable {
    /// The file's place among those files.
    let file: Int
    /// From 1; 0 when the whole file is meant.
    let line: Int
    /// From 1, in characters.
    let column: Int

    func advanced(by columns: Int) -> Place {
        Place(file: file, line: line, column: column + columns)
    }

    static func < (left: Place, right: Place) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// A value, and where it was read.
struct Placed<Value> {
    let value: Value
    let place: Place
}
