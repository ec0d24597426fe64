import KnockCore

/// A packet made up to ask the firewall's rules what they would do with it.
struct Probe {
    var port: Port
    /// What conntrack says of it, in iptables' words.
    var state = State.new
    var mark: UInt32 = 0
    var isLoopback = false

    enum State: String {
        case new = "NEW"
        case established = "ESTABLISHED"
        case invalid = "INVALID"
    }

    /// The flags of a TCP segment in this state; nil where they may be any.
    var flags: TCPFlags? {
        switch state {
        case .new: .syn
        case .established: .ack
        case .invalid: nil
        }
    }
}

/// How many of the packets that look like a probe a rule takes, from none to all.
enum Reach: Comparable {
    case none
    /// Those from some sources; also what a match may take that isn't understood.
    case someSources
    /// Some of everybody's: those to one address, over one interface, within a rate.
    case some
    case all
}
