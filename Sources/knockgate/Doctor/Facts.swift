import KnockConfig
import KnockControl
import KnockCore

/// All that the doctor looks at, as it was found: what is made of it is decided from this alone.
struct Facts {
    var isRoot = true
    /// The command that looks again.
    var again = "knockgate doctor"
    var files: ConfigurationFiles
    var daemon: Daemon
    var queue = Queue.unbound
    var firewalls: [Firewall]
    var listeners: Listeners?
    var kernel = Kernel()
    /// Whether systemd has knockgate-rule.service, which puts the rule in at each boot.
    var hasRuleService = false
    /// Whether that service has put in a rule, and would take it out.
    var isRuleOfService = false
    /// Whether systemd has given knockgate.service up, and starts it no more before it is told to forget that.
    var isGivenUp = false

    /// The configuration, as `knockgate check` sees it, and the files it stands in.
    struct ConfigurationFiles {
        var path: String
        var reading: Reading
        /// The directory, the main file, the drop-ins' directory, and these; what isn't there or can't be seen is left out.
        var rights: [FileRights] = []
        /// Whom the daemon runs as, or will; nil where that isn't known.
        var user: FileRights.User?
    }

    enum Daemon {
        case up(Status)
        /// Nobody listens on the control socket.
        case down(socket: String)
        /// Somebody may, but we can't talk to them.
        case unknown(Failure)
    }

    /// Who is bound to the configured queue.
    enum Queue: Equatable {
        case unbound
        case bound(QueueOwner)
        /// The kernel's list can't be read.
        case unknown
    }

    /// What decides about the inbound packets of one family.
    struct Firewall {
        let family: Address.Family
        /// All base chains, in the order in which a packet walks through those of one hook.
        var chains: [BaseChain] = []
        /// Why not all of them could be read, and what to do about it.
        var unseen: [Finding] = []
    }

    /// What the kernel has loaded; nil where it doesn't tell.
    struct Kernel: Equatable {
        var hasQueue: Bool? = true
        var hasConntrack: Bool? = true
        /// The families whose iptables target NFQUEUE isn't loaded, though iptables' list of targets can be read.
        var lacksTarget: [Address.Family] = []
    }
}
