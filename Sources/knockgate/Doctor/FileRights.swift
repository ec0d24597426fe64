import Glibc

/// A file or directory of the configuration, whose it is, and who may do what with it.
struct FileRights: Equatable {
    let path: String
    /// What the daemon has to do with it.
    let use: Use
    let mode: mode_t
    let owner: uid_t
    let group: gid_t

    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    var othersHaveRights: Bool { mode & 0o007 != 0 }

    /// The bits of a mode that it takes.
    enum Use: mode_t {
        /// A directory's names lead further.
        case enter = 0o1
        case read = 0o4
        /// A directory's names are listed, and lead further.
        case list = 0o5
    }

    /// Whether `user` may use it so.
    func isUsable(by user: User) -> Bool {
        let rights = owner == user.id ? mode >> 6 : user.groups.contains(group) ? mode >> 3 : mode
        return user.id == 0 || rights & use.rawValue == use.rawValue
    }

    /// A user, and the groups whose rights they have.
    struct User: Equatable {
        let name: String
        let id: uid_t
        let groups: [gid_t]
    }
}

extension FileRights {
    /// Examines what's at `path`, where a link leads; nil when that can't be done.
    init?(at path: String, for use: Use) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(path: path, use: use, mode: status.st_mode, owner: status.st_uid, group: status.st_gid)
    }
}

extension FileRights.User {
    /// The user of this name; nil when there is none.
    init?(named name: String) {
        // The entry stays where it is until the next call, and this program has one thread.
        guard let entry = unsafe getpwnam(name) else { return nil }
        self.init(name: name, id: unsafe entry.pointee.pw_uid, group: unsafe entry.pointee.pw_gid)
    }

    /// The user with this number; nil when they have no name.
    init?(id: uid_t) {
        guard let entry = unsafe getpwuid(id) else { return nil }
        let name = unsafe String(cString: entry.pointee.pw_name)
        self.init(name: name, id: id, group: unsafe entry.pointee.pw_gid)
    }

    private init(name: String, id: uid_t, group: gid_t) {
        var groups = [gid_t](repeating: group, count: 256)
        var count = Int32(groups.count)
        let answer = unsafe getgrouplist(name, group, &groups, &count)
        self.init(name: name, id: id, groups: answer < 0 ? [group] : Array(groups.prefix(Int(count))))
    }
}
