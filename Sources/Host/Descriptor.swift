import Glibc

/// Owns an open file descriptor, and closes it at the end of its life.
public struct Descriptor: ~Copyable {
    public let number: Int32

    /// Takes over `number`, which must be open and nobody else's.
    public init(owning number: Int32) {
        self.number = number
    }

    /// Takes over the outcome of a call that answers a descriptor, or -1 and errno.
    public init(_ outcome: Int32, _ action: String, _ subject: String) throws(HostError) {
        guard outcome >= 0 else { throw HostError(action, subject) }
        number = outcome
    }

    deinit {
        close(number)
    }

    /// Hands the number over to another owner, who closes it from now on.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Writes all of `bytes`, however many calls it takes (write(2)).
    public borrowing func write(_ bytes: Span<UInt8>, to subject: String) throws(HostError) {
        var written = 0
        while written < bytes.count {
            // The span is borrowed for the length of the call, and the count is what is left of it.
            let count = unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe Glibc.write(number, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
            }
            if count > 0 { written += count } else if errno != EINTR { throw HostError("write to", subject) }
        }
    }
}
