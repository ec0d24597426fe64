internal import Host
internal import KnockConfig

/// What the daemon gives up, by itself and for good, whether or not a service manager has taken it already.
///
///     begin ──▶ secrets stay in memory, strays are closed
///       │       … configuration, lock, queue, control socket, leases …
///       └─────▶ one capability is left; nothing is run, and nothing written but the leases
enum DaemonRights {
    /// To be called before anything is opened, and any secret read.
    static func shield() {
        Confinement.closeStrays()
        do throws(HostError) { try Confinement.shield() } catch { complain(error) }
    }

    /// To be called when the daemon holds all it needs.
    static func giveUpRest(_ options: Options) {
        do throws(HostError) {
            Capability.bequeathNothing()
            try Capability.keep([.administeringNetwork, .overridingFileRights], using: .administeringNetwork)
            if Capability.permitted.contains(.overridingFileRights) { try decideAboutFiles(options) }
            _ = try Confinement.fence(writing: options.state, removing: Files.folder(of: options.socket))
        } catch {
            complain(error)
        }
    }

    /// A gate that has more rights than it needs is better than none.
    private static func complain(_ error: HostError) {
        Console.say(.warning, "\(error); knockgated goes on with more rights than it needs")
    }

    /// Started by root with files of somebody else's, such as the service's, it couldn't reload, nor keep the leases.
    private static func decideAboutFiles(_ options: Options) throws(HostError) {
        let reachesAll =
            Configuration.load(options.config).configuration != nil && Files.mayChange(folder: options.state)
            && Files.mayChange(folder: Files.folder(of: options.socket))
        if reachesAll {
            try Capability.keep(.administeringNetwork, using: .administeringNetwork)
        } else {
            let all: Capability = [.administeringNetwork, .overridingFileRights]
            try Capability.keep(all, using: all)
            Console.say(.info, "CAP_DAC_OVERRIDE is kept, for files that aren't root's")
        }
    }
}
