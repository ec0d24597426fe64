#if canImport(CQREncode)
    internal import CQREncode
    internal import Glibc
#endif

/// A QR code (ISO/IEC 18004): a text as a square of dark and light modules, for the camera of a phone.
public struct QRCode: Equatable, Sendable {
    /// How many modules it is wide, and high, without its quiet zone.
    public let width: Int

    private let dark: [Bool]

    /// How many modules around it have to be light, so that it's found.
    public static let quietZone = 4

    /// The smallest code for `text`, at the lowest level of correction: a screen has no stains.
    public init(_ text: String) throws(QRCodeError) {
        #if canImport(CQREncode)
            let bytes = Array(text.utf8)
            guard !bytes.isEmpty, let size = Int32(exactly: bytes.count) else { throw .unfit(bytes: bytes.count) }
            // SAFETY: libqrencode reads `size` bytes, which are there during the call, and keeps none of them.
            guard let code = unsafe QRcode_encodeData(size, bytes, 0, QR_ECLEVEL_L) else {
                throw errno == ERANGE ? .unfit(bytes: bytes.count) : .failed(errno: errno)
            }
            // SAFETY: the code is ours since the call, and nobody sees it after this.
            defer { unsafe QRcode_free(code) }
            let width = unsafe Int(code.pointee.width)
            // SAFETY: `data` is a square of bytes as wide as it says; the lowest bit of each is set where it is dark.
            dark = unsafe UnsafeBufferPointer(start: code.pointee.data, count: width * width).map { $0 & 1 == 1 }
            self.width = width
        #else
            throw .unavailable
        #endif
    }

    /// Whether the module there is dark. What lies outside is light.
    public func isDark(row: Int, column: Int) -> Bool {
        (0..<width).contains(row) && (0..<width).contains(column) && dark[row * width + column]
    }
}

/// Why there is no code for a text.
public enum QRCodeError: Error, Equatable, CustomStringConvertible {
    /// The text is empty, or longer than any code.
    case unfit(bytes: Int)
    /// libqrencode failed with this `errno`.
    case failed(errno: Int32)
    /// This program was built without libqrencode.
    case unavailable

    public var description: String {
        switch self {
        case .unfit(let bytes): "a QR code holds 1 to 2953 bytes, and this text has \(bytes)"
        case .failed(let errno): "libqrencode made no QR code (error \(errno))"
        case .unavailable: "this knockgate was built without libqrencode, and draws no QR codes"
        }
    }
}
