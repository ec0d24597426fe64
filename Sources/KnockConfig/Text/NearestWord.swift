/// The one of `known` that `word` is most likely a misspelling of; nil when none is near: a third of the longer one's
/// letters may differ.
public func nearest(to word: String, among known: [String]) -> String? {
    let letters = Array(word.unicodeScalars)
    guard letters.count <= 40 else { return nil }
    let ranked = known.map { (word: $0, distance: distance(letters, Array($0.unicodeScalars))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance * 3 <= max(letters.count, best.word.unicodeScalars.count) ? best.word : nil
}

/// How many letters must be put in, left out, exchanged or swapped with their neighbour to make `right` of `left`:
/// the optimal string alignment distance (Damerau, 1964).
private func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let isSame = left[row] == right[column]
            var cost = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}
