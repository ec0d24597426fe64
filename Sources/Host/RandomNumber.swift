internal import CHost
import Glibc

/// Numbers that nobody can guess (getrandom(2)).
public enum RandomNumber {
    public static func draw() throws(HostError) -> UInt64 {
        var number: UInt64 = 0
        let size = MemoryLayout.size(ofValue: number)
        guard unsafe getrandom(&number, size, 0) == size else { throw HostError("draw", "a random number") }
        return number
    }
}
