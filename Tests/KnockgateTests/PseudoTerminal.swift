import Foundation
import Glibc

@testable import knockgate

/// A terminal whose screen the test can read: pts(4).
final class PseudoTerminal {
    /// The side that a program writes to; closed once the program has it.
    let inside: FileHandle
    let kind: Terminal
    private let outside: FileHandle

    init(columns: Int, rows: Int) throws {
        outside = unsafe FileHandle(fileDescriptor: open("/dev/ptmx", O_RDWR | O_NOCTTY), closeOnDealloc: true)
        var (lock, number): (Int32, UInt32) = (0, 0)
        let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)  // TIOCSPTLCK, TIOCGPTN: ioctl_tty(2).
        guard unsafe ioctl(outside.fileDescriptor, setLock, &lock) == 0,
            unsafe ioctl(outside.fileDescriptor, getNumber, &number) == 0
        else { throw POSIXError(.ENOTTY) }
        inside = unsafe FileHandle(fileDescriptor: open("/dev/pts/\(number)", O_RDWR | O_NOCTTY), closeOnDealloc: true)
        kind = Terminal(size: Terminal.Size(columns: columns, rows: rows), environment: ["TERM": "xterm"])
        try resize(columns: columns, rows: rows)
    }

    func resize(columns: Int, rows: Int) throws {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard unsafe ioctl(outside.fileDescriptor, UInt(TIOCSWINSZ), &size) == 0 else { throw POSIXError(.ENOTTY) }
    }

    func read(until end: String) -> String { outside.text(until: end) }

    /// All that comes until no program writes to it any more.
    func readToEnd() -> String { outside.text(until: nil) }
}

extension FileHandle {
    /// What comes until it ends like this; all that comes when it never does. A program that is killed ends it too.
    func text(until end: String?) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        let end = end.map { Array($0.utf8) }
        while end.map({ !bytes.suffix($0.count).elementsEqual($0) }) ?? true,
            unsafe Glibc.read(fileDescriptor, &byte, 1) == 1
        {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
