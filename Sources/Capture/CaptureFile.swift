import CPcap
import Glibc

/// How a path becomes libpcap's handle.
enum CaptureFile {
    /// Opens the file and reads the capture's header; the caller closes what it gets.
    static func open(_ path: String) throws(CaptureError) -> OpaquePointer {
        // SAFETY: path and mode are strings of this call. The descriptor behind "-" is a copy, so that closing the file
        // leaves the process's standard input alone.
        guard let file = unsafe path == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "r") else {
            throw .cannotOpen(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        // SAFETY: the file is open, and the buffer has the size that libpcap asks for.
        let handle = unsafe pcap_fopen_offline_with_tstamp_precision(
            file, UInt32(PCAP_TSTAMP_PRECISION_NANO), &reason)
        guard let handle = unsafe handle else {
            // SAFETY: libpcap leaves the file to its caller when it can't read it.
            unsafe fclose(file)
            throw .notACapture(path: path, reason: text(reason))
        }
        return unsafe handle
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
