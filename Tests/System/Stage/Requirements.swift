/// What every story needs of the machine; where something is missing, the story fails and says what.
import Foundation

enum Requirements {
    static func check() throws {
        signal(SIGPIPE, SIG_IGN)  // A program that ends before it has read its input isn't to take the tests with it.
        guard geteuid() == 0 else {
            throw StageError("stories make network namespaces and firewall rules: run them as root")
        }
        guard FileManager.default.fileExists(atPath: "/proc/net/netfilter/nfnetlink_queue") else {
            throw StageError(
                "this kernel has no nfnetlink_queue (CONFIG_NETFILTER_NETLINK_QUEUE): modprobe nfnetlink_queue")
        }
    }
}
