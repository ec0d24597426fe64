import KnockCore

/// Has the kernel what the gate works with?
struct KernelCheck {
    let kernel: Facts.Kernel

    var findings: [Finding] {
        var findings: [Finding] = []
        if kernel.hasQueue == false {
            findings.append(
                .wrong(
                    "the kernel has no nfnetlink_queue: no daemon can be asked for a verdict",
                    mending: ["modprobe nfnetlink_queue"]))
        }
        if kernel.hasConntrack == false {
            findings.append(
                .wrong(
                    "the kernel has no nf_conntrack: no rule can tell new connections from established ones",
                    mending: ["modprobe nf_conntrack"]))
        }
        if let family = kernel.lacksTarget.first {
            findings.append(
                .wrong(
                    "the kernel has no target NFQUEUE for \(family.iptables): it takes no rule that sends packets to a queue",
                    mending: ["modprobe xt_NFQUEUE"]))
        }
        return findings.orFine("the kernel has queues and follows connections")
    }
}
