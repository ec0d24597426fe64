internal import CHost

/// What this process does with its memory.
public enum Memory {
    /// Has the system get back what large tables have held, as soon as they are gone. To be called before there is one.
    public static func giveBackTables() { host_give_back_memory() }
}
