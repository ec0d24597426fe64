import KnockCore

/// The names that doors have so far: each can be a door's, and none stands twice.
struct DoorNaming {
    private var taken: Set<String> = []
    private static let longest = 32

    /// The name for a door that was called `wish`.
    mutating func name(_ wish: some StringProtocol) -> String {
        let mended = DoorNaming.mended(wish)
        var name = mended
        var number = 1
        while !taken.insert(name).inserted {
            number += 1
            let suffix = "-\(number)"
            name = mended.prefix(DoorNaming.longest - suffix.count) + suffix
        }
        return name
    }

    /// With a hyphen for what a name can't hold.
    private static func mended(_ wish: some StringProtocol) -> String {
        let words = wish.unicodeScalars.split { scalar in
            !Door.canBeNamed(String(Character(scalar)))
        }
        let name = words.map { String(String.UnicodeScalarView($0)) }.joined(separator: "-").prefix(longest)
        return name.isEmpty ? "door" : String(name)
    }
}
