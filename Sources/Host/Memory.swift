internal import CHost

/// How the process's memory is got from the system, and given back.
public enum Memory {
    /// Gives large blocks back to the system as soon as they are freed. By itself the C library keeps the second one and all
    /// later ones in its heap, where the tables of one configuration after the other leave holes. To be called once, at the
    /// start.
    public static func returnLargeBlocks() { host_unmap_large_blocks() }
}
