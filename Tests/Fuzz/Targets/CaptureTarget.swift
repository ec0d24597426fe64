import Capture
import Glibc
import KnockCore

extension FuzzTarget {
    /// Captures, through libpcap, and the packets in them.
    static let capture = FuzzTarget("capture", longest: 400, of: ["Sources/Capture"]) { bytes throws(BrokenPromise) in
        // A pipe holds more than the longest input; the bytes are there for as long as the call.
        var ends: [CInt] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { return .refused }
        defer { close(ends[0]) }
        let written = unsafe write(ends[1], bytes, bytes.count)
        close(ends[1])
        guard written == bytes.count else { return .refused }
        return try read("/proc/self/fd/\(ends[0])", bytes.count)
    }

    private static func read(_ path: String, _ length: Int) throws(BrokenPromise) -> Outcome {
        var broken: BrokenPromise?
        let outcome = Result { () throws(CaptureError) in
            var capture = try Capture(path: path)
            var count = 0
            while try capture.next({ packet, bytes in
                count += 1
                if packet.number != count || bytes.count > length || packet.wireLength < 0 {
                    broken = BrokenPromise("packet \(count) is \(packet), of \(bytes.count) bytes")
                }
                _ = Packet(parsing: bytes, wireLength: packet.wireLength)
            }) {}
            return count
        }
        if let broken { throw broken }
        switch outcome {
        case .success(let count):
            try promise(count <= length / 16, "\(count) packets in \(length) bytes")
            return .understood
        case .failure(let error):
            try checkText("\(error)")
            return .refused
        }
    }
}
