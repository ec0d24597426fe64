import KnockConfig
import KnockControl
import KnockCore

/// Says of a system, from what was found of it, what is wrong and what mends it.
struct Doctor {
    let facts: Facts

    /// In the order in which things are mended: what later ones need comes first.
    var findings: [Finding] {
        let configuration = facts.files.reading.configuration
        return ConfigurationCheck(files: facts.files, isRoot: facts.isRoot, again: facts.again).findings
            + KernelCheck(kernel: facts.kernel).findings
            + DaemonCheck(facts: facts, configuration: configuration).findings
            + (configuration.map(firewallFindings) ?? [Doctor.firewallUnjudged])
            + (configuration.map { ListenerCheck(listeners: facts.listeners, doors: $0.rules.doors).findings } ?? [])
    }

    private func firewallFindings(_ configuration: Configuration) -> [Finding] {
        FirewallCheck(
            firewalls: facts.firewalls, configuration: inForce(configuration), path: facts.files.path,
            hasRuleService: facts.hasRuleService
        ).findings
    }

    /// What the rule has to agree with: a daemon that runs goes by the queue and the mark it was started with.
    private func inForce(_ written: Configuration) -> Configuration {
        guard case .up(let status) = facts.daemon else { return written }
        var configuration = written
        configuration.queue = status.queue.number
        configuration.mark = status.mark ?? written.mark
        return configuration
    }

    private static let firewallUnjudged = Finding.wrong(
        "the firewall's rule and the protected ports could not be judged: what they should be stands in the configuration"
    )
}
