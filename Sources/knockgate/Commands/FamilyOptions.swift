import ArgumentParser
import KnockCore

/// In which family a host's address is looked for; for every command that looks one up.
struct FamilyOptions: ParsableArguments {
    @Flag(help: "Look for an address of this family only.")
    private var only: Only?

    @Option(
        name: .customLong("family"),
        help: ArgumentHelp("The same: 4 or 6, or any against what hosts.conf says.", valueName: "family"))
    private var choice: Choice?

    func validate() throws {
        guard let only, let choice, only.choice != choice else { return }
        throw ValidationError("-\(only.choice.rawValue) and --family \(choice.rawValue) don't go together")
    }

    /// What the command line says, nil within when it's either; else `usual`.
    func family(usual: Address.Family?) -> Address.Family? {
        guard let choice = only?.choice ?? choice else { return usual }
        return choice.family
    }

    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case ipv4 = "4"
        case ipv6 = "6"
        case any

        var family: Address.Family? {
            switch self {
            case .ipv4: .ipv4
            case .ipv6: .ipv6
            case .any: nil
            }
        }
    }

    enum Only: EnumerableFlag {
        case ipv4, ipv6

        static func name(for value: Only) -> NameSpecification {
            value == .ipv4 ? [.customShort("4"), .long] : [.customShort("6"), .long]
        }

        var choice: Choice { self == .ipv4 ? .ipv4 : .ipv6 }
    }
}
