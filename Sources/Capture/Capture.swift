import CPcap
import Glibc

/// A capture file, pcap or pcapng, read packet by packet through libpcap, without any privilege.
///
///     var capture = try Capture(path: "knocks.pcapng")
///     while try capture.next({ packet, bytes in … }) {}
///
/// Link-layer headers are taken off: what is handed on begins with the IP header.
@safe public struct Capture: ~Copyable {
    private let handle: OpaquePointer
    private let link: LinkLayer
    private let path: String

    /// How many packets were read so far.
    public private(set) var count = 0

    /// Opens the capture at `path` (`pcap_fopen_offline`); `-` is the standard input.
    public init(path: String) throws(CaptureError) {
        let handle = try unsafe CaptureFile.open(path)
        // SAFETY: the handle was just made, and nobody else has it.
        let number = unsafe pcap_datalink(handle)
        guard let link = LinkLayer(number) else {
            unsafe pcap_close(handle)
            throw .unknownLink(path: path, name: LinkLayer.name(of: number))
        }
        unsafe (self.handle, self.link, self.path) = (handle, link, path)
    }

    deinit {
        // SAFETY: this owner is the only one, and gone after it. The file is closed with the handle.
        unsafe pcap_close(handle)
    }

    /// Reads the next packet (`pcap_next_ex`) and shows it to `body`; answers false at the end of the capture.
    ///
    /// The bytes are those of the IP packet, as far as they were captured; none at all for a frame that carries something
    /// else, such as ARP. They are gone when `body` returns. After an error there is nothing more to read.
    public mutating func next(_ body: (CapturedPacket, Span<UInt8>) -> Void) throws(CaptureError) -> Bool {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        // SAFETY: the handle is open. What header and data are made to point to lives until the next call.
        switch unsafe pcap_next_ex(handle, &header, &data) {
        case 1: break
        case PCAP_ERROR_BREAK: return false
        default: throw failure
        }
        guard let header = unsafe header?.pointee else { throw failure }
        // SAFETY: libpcap has put caplen bytes there.
        let frame = unsafe UnsafeBufferPointer(start: data, count: data == nil ? 0 : Int(header.caplen)).span
        let start = link.startOfPacket(in: frame)
        count += 1
        let packet = CapturedPacket(
            number: count, nanoseconds: header.ts.nanoseconds, wireLength: max(0, Int(header.len) - (start ?? 0)))
        body(packet, frame.extracting(droppingFirst: start ?? frame.count))
        return true
    }

    /// What libpcap has to say after a read that failed. Only a file that is cut makes it meet the end in mid-packet.
    private var failure: CaptureError {
        // SAFETY: the handle is open; its file (pcap_file) and its message (pcap_geterr) are libpcap's and live with it.
        let file = unsafe pcap_file(handle)
        let reason = unsafe String(cString: pcap_geterr(handle))
        guard let file = unsafe file, unsafe feof(file) != 0 else {
            return .damaged(path: path, packets: count, reason: reason)
        }
        let position = unsafe ftell(file)
        return .cut(path: path, packets: count, length: position < 0 ? nil : position)
    }
}

/// What a capture tells of a packet beside its bytes.
public struct CapturedPacket: Equatable, Sendable {
    /// The packet's place in the capture, from 1.
    public let number: Int

    /// When it was captured, in nanoseconds since 1970 (UTC).
    public let nanoseconds: Int64

    /// How long the IP packet was on the wire, in bytes, with any padding of its frame; a snap length may have kept less.
    public let wireLength: Int

    public init(number: Int, nanoseconds: Int64, wireLength: Int) {
        (self.number, self.nanoseconds, self.wireLength) = (number, nanoseconds, wireLength)
    }
}

extension timeval {
    /// The time in nanoseconds, the last 64 bits can say when it is beyond them. libpcap, asked for nanoseconds, keeps
    /// them where microseconds have their place.
    fileprivate var nanoseconds: Int64 {
        // A pcap file counts its seconds without a sign until 2106; libpcap reads them with one.
        let seconds = (Int(Int32.min)..<0).contains(tv_sec) ? Int(UInt32(truncatingIfNeeded: tv_sec)) : tv_sec
        let (whole, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowToo) = whole.addingReportingOverflow(Int64(tv_usec))
        return overflow || overflowToo ? (seconds < 0 ? .min : .max) : sum
    }
}
