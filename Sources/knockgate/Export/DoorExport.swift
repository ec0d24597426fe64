import KnockConfig
import KnockCore

/// A door as its clients see it: the host to knock at, and what of the door that can't tell.
struct DoorExport {
    let host: KnownHost

    /// What there is to know besides, in sentences.
    let warnings: [String]

    /// - Parameter address: where the clients find the gate.
    init(_ door: Door, address: String, name: String) {
        var host = KnownHost(name: name, sequence: door.sequence)
        host.address = address
        host.closeSequence = door.closeSequence
        host.verify = door.protects.first { $0.transport == .tcp }
        // A name may lead to addresses of both families.
        if Address(address) == nil, let family = door.onlyFamily { host.family = family }
        self.host = host
        warnings = [door.flagsWarning, door.targetWarning(address), door.verifyWarning].compactMap(\.self)
    }
}

extension Door {
    /// The family of all addresses it listens on; nil when there are both, or it listens on any.
    fileprivate var onlyFamily: Address.Family? {
        guard let family = targets.first?.family, targets.allSatisfy({ $0.family == family }) else { return nil }
        return family
    }

    fileprivate var flagsWarning: String? {
        let knocks = sequence.knocks + (closeSequence?.knocks ?? [])
        guard !tcpFlags.matches(.syn), knocks.contains(where: { $0.transport == .tcp }) else { return nil }
        return "door \(name) hears TCP packets with other flags than SYN alone (tcpflags): knockgate sends none, and "
            + "another client has to knock"
    }

    fileprivate func targetWarning(_ address: String) -> String? {
        guard !targets.isEmpty, Address(address).map({ !targets.contains($0) }) ?? true else { return nil }
        let heard = targets.map(\.description).joined(separator: ", ")
        return "door \(name) hears only knocks to \(heard) (target): \(address) has to lead there"
    }

    fileprivate var verifyWarning: String? {
        protects.contains { $0.transport == .tcp }
            ? nil : "door \(name) protects no TCP port: a client can't verify that it has opened"
    }
}
