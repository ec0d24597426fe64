public import Glibc

/// A call to the system that failed: what was being done, to what, and what the system said.
public struct HostError: Error, Equatable, CustomStringConvertible {
    public let action: String
    public let subject: String
    /// The value of errno(3).
    public let code: Int32

    /// - Parameters:
    ///   - action: an infinitive without its "to": `bind the control socket`.
    ///   - subject: what it was done to: a path, a number.
    ///   - code: errno; the current one if left out.
    public init(_ action: String, _ subject: String, code: Int32 = errno) {
        (self.action, self.subject, self.code) = (action, subject, code)
    }

    /// What the system calls the failure, in words: `Permission denied`.
    public var reason: String {
        // The text is the C library's own, valid until this thread's next strerror; it is copied here and now.
        unsafe String(cString: strerror(code))
    }

    public var description: String {
        "cannot \(action) \(subject): \(reason)"
    }
}
