internal import CHost

/// What a process takes from itself for good, whoever has started it: all that a stranger who got hold of it would like.
public enum Confinement {
    /// Nobody looks into its memory, in which there are secrets, but root; and no program that it might become has more
    /// rights than itself.
    public static func shield() throws(HostError) {
        guard host_shield() == 0 else { throw HostError("shield", "the process") }
    }

    /// Closes what the starter has left open by mistake: everything but standard input, output and error, and what a
    /// service manager gave on purpose (`HeldDescriptor`).
    public static func closeStrays() {
        _ = host_close_from(HeldDescriptor.end)  // Before Linux 5.9 they stay.
    }

    /// Runs no program from now on, makes no TCP connection, sends no signal, and changes no file but in the folder
    /// `writing`, and in the folder `removing`, from which it may only take some away (landlock(7)).
    ///
    /// - Returns: false where the kernel doesn't offer that. Where a filter for system calls is in force it isn't asked:
    ///   whoever put that there sees to the rest, too, and the filter may end who asks.
    public static func fence(writing: String, removing: String) throws(HostError) -> Bool {
        guard !host_is_filtered() else { return false }
        let number = host_fence_make()
        guard number >= 0 else { return false }
        let fence = Descriptor(owning: number)
        for (folder, isWriting) in [(writing, true), (removing, false)] {
            guard unsafe host_fence_open(fence.number, folder, isWriting) == 0 else {
                throw HostError("leave open", folder)
            }
        }
        guard host_fence_close(fence.number) == 0 else { throw HostError("fence in", "the process") }
        return true
    }
}
