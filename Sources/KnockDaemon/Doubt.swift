internal import Glibc
internal import Host

/// Whether the leases on file can't be believed: something ended that they don't know of, for their disk let nobody write it
/// down, nor empty the file. It stands in a file of its own, beside the control socket: away from that disk, and gone with
/// the boot, after which such leases aren't believed anyway.
///
/// The file is open, and as long as it will be, from the start: where disk, descriptors or rights run out it can be written.
struct Doubt: ~Copyable {
    private let path: String
    private let file: Descriptor
    private(set) var isRaised: Bool

    static func open(besides socket: String) throws(HostError) -> Doubt {
        let path = (socket.lastIndex(of: "/").map { String(socket[...$0]) } ?? "") + "leases.outdated"
        let file = try Descriptor(
            unsafe Glibc.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600), "open", path)
        let isRaised = try Files.read(file.number, of: path, limit: 4) == Array(yes.utf8)
        return Doubt(path: path, file: file, isRaised: isRaised)
    }

    private static let (yes, no) = ("yes\n", "no \n")

    private init(path: String, file: consuming Descriptor, isRaised: Bool) {
        (self.path, self.isRaised) = (path, isRaised)
        self.file = file
        write(isRaised ? Doubt.yes : Doubt.no)
    }

    mutating func raise() {
        isRaised = true
        if !write(Doubt.yes) {
            Console.say(
                .error, "\(HostError("write to", path)); leases that have ended may come back with the next daemon")
        }
    }

    mutating func settle() {
        guard isRaised else { return }
        isRaised = !write(Doubt.no)
    }

    @discardableResult
    private func write(_ word: String) -> Bool {
        let bytes = Array(word.utf8)
        return unsafe pwrite(file.number, bytes, bytes.count, 0) == bytes.count
    }
}
