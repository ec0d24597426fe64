import Glibc

/// What tells this boot of the machine from all others (sd_id128_get_boot(3)).
public enum BootID {
    /// 32 hexadecimal digits: as the environment has them in KNOCKGATE_BOOT_ID, for a service that can't see /proc/sys,
    /// or as the kernel says.
    public static var current: String {
        get throws(HostError) {
            if let id = Environment["KNOCKGATE_BOOT_ID"].flatMap(digits) { return id }
            let path = "/proc/sys/kernel/random/boot_id"
            guard let id = digits(String(decoding: try Files.read(path, limit: 64), as: UTF8.self)) else {
                throw HostError("understand", path, code: EINVAL)
            }
            return id
        }
    }

    /// The digits without the dashes that the kernel puts between them; nil where they aren't 32.
    static func digits(_ text: String) -> String? {
        let digits = text.filter { $0 != "-" && $0 != "\n" }
        guard digits.utf8.count == 32, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        return digits.lowercased()
    }
}
